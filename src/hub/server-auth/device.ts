import { OAuthError, type AuthorizationServerMetadata, type FetchLike, type OAuthTokens } from "@modelcontextprotocol/client";
import { z } from "zod";
import { HubError } from "../kernel/errors.ts";
import type { Clock } from "../kernel/runtime.ts";
import { sendAsClient } from "./client-request.ts";
import { deviceGrant } from "./oauth-client.ts";
import type { OAuthClient } from "./records.ts";
import { checkNamedAddress } from "./safe-address.ts";

const DeviceAnswer = z.object({
  device_code: z.string().min(1),
  user_code: z.string().min(1).max(64),
  verification_uri: z.string(),
  verification_uri_complete: z.string().optional(),
  expires_in: z.number().positive().max(86_400),
  interval: z.number().positive().max(300).default(5),
});

const TokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.string(),
  expires_in: z.coerce.number().optional(),
  refresh_token: z.string().optional(),
  scope: z.string().optional(),
});

/** What a person types on another machine (RFC 8628). */
export interface DevicePrompt {
  readonly userCode: string;
  readonly url: string;
  /** The same with the code in it, for a link or a QR code. */
  readonly urlWithCode?: string;
  readonly expiresAt: number;
}

export interface DeviceOptions {
  readonly serverUrl: string;
  readonly metadata: AuthorizationServerMetadata;
  readonly client: OAuthClient;
  readonly scope: string | undefined;
  readonly resource: string | undefined;
  readonly fetch: FetchLike;
  readonly clock: Clock;
}

export interface DeviceSignIn {
  readonly prompt: DevicePrompt;
  /** Asks until the person has agreed or the code has expired. */
  tokens(signal: AbortSignal): Promise<OAuthTokens>;
}

/** Whether an authorization server lets people sign in on another machine. */
export const deviceEndpointOf = (metadata: AuthorizationServerMetadata): string | undefined => {
  const endpoint = (metadata as { device_authorization_endpoint?: unknown }).device_authorization_endpoint;
  return typeof endpoint === "string" ? endpoint : undefined;
};

/** Starts a sign-in that needs no browser on this machine and no way back to it. */
export async function startDeviceSignIn(options: DeviceOptions): Promise<DeviceSignIn> {
  const { metadata, serverUrl, clock, scope } = options;
  const host = new URL(metadata.issuer).host;
  const endpoint = deviceEndpointOf(metadata);
  if (endpoint === undefined)
    throw new HubError("UPSTREAM_REJECTED", `${host} does not let you sign in on another device`, {
      hint: "Sign in without --device: open the address on any machine, and paste the address it ends at",
    });
  const url = checkNamedAddress(endpoint, "device authorization endpoint", new URL(serverUrl));
  const response = await post(url, { ...(scope !== undefined && { scope }) }, options);
  const read = DeviceAnswer.safeParse(await response.json().catch(() => undefined));
  if (!response.ok || !read.success)
    throw new HubError("UPSTREAM_REJECTED", `${host} does not start a sign-in on another device (HTTP ${response.status})`, {
      cause: read.error,
    });
  const { device_code, user_code, verification_uri, verification_uri_complete, expires_in, interval } = read.data;
  const named = (text: string) => checkNamedAddress(text, "verification address", new URL(serverUrl)).href;
  const expiresAt = clock.now() + expires_in * 1000;
  return {
    prompt: {
      userCode: user_code.replace(/[^\x20-\x7e]/g, ""),
      url: named(verification_uri),
      ...(verification_uri_complete !== undefined && { urlWithCode: named(verification_uri_complete) }),
      expiresAt,
    },
    tokens: (signal) => poll(device_code, { ...options, signal, expiresAt, intervalMs: interval * 1000 }),
  };
}

interface PollOptions extends DeviceOptions {
  readonly signal: AbortSignal;
  readonly expiresAt: number;
  readonly intervalMs: number;
}

/** RFC 8628 section 3.5: at the pace the server asks for, five seconds slower each time it says so. */
async function poll(code: string, options: PollOptions): Promise<OAuthTokens> {
  const { clock, metadata, signal, expiresAt } = options;
  const url = new URL(metadata.token_endpoint);
  for (let pause = options.intervalMs; clock.now() < expiresAt;) {
    await clock.sleep(pause, signal);
    const response = await post(url, { grant_type: deviceGrant, device_code: code }, options).catch((cause: unknown) => {
      if (cause instanceof HubError && cause.row.retryable) return undefined;
      throw cause;
    });
    if (!response) {
      pause *= 2;
      continue;
    }
    const body = (await response.json().catch(() => ({}))) as { error?: unknown };
    if (response.ok) return TokenAnswer.parse(body);
    if (body.error === "slow_down") pause += 5_000;
    else if (body.error !== "authorization_pending") throw new OAuthError(String(body.error ?? "server_error"), "the device sign-in ended");
  }
  throw new OAuthError("expired_token", "the code has expired");
}

function post(url: URL, fields: Record<string, string>, { client, metadata, resource, fetch }: DeviceOptions): Promise<Response> {
  const methods = metadata.token_endpoint_auth_methods_supported;
  return sendAsClient(url, { ...fields, ...(resource !== undefined && { resource }) }, { client, methods, fetch });
}
