import { OAuthError, OAuthErrorCode, refreshAuthorization, type FetchLike } from "@modelcontextprotocol/client";
import { HubError } from "../kernel/errors.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { AuthSettings } from "../servers/endpoint.ts";
import { configuredClient } from "./oauth-client.ts";
import type { Grant, OAuthClient } from "./records.ts";
import { tokensOf } from "./sign-in.ts";

export interface RefreshDeps {
  readonly fetch: FetchLike;
  readonly clock: Clock;
  readonly settings: AuthSettings;
}

const aboutClient = new Set<string>([OAuthErrorCode.InvalidClient, OAuthErrorCode.UnauthorizedClient]);
/** What an authorization server says when it is not well itself. */
const passing = new Set<string>([OAuthErrorCode.ServerError, OAuthErrorCode.TemporarilyUnavailable]);

export interface Renewal {
  readonly grant?: Grant;
  /** The authorization server said no for good: to the refresh token, or to the client itself. */
  readonly refusal?: "token" | "client";
}

/**
 * Renews the tokens of a grant. They go to the token endpoint that the issuer named when the person signed in, whatever the
 * server or a metadata document says by now (CVE-2026-104850). Throws when it may work later.
 */
export async function refreshGrant(grant: Grant, { fetch, clock, settings }: RefreshDeps): Promise<Renewal> {
  const refreshToken = grant.tokens?.refresh;
  const client = clientOf(grant, settings);
  if (refreshToken === undefined || !client) return { refusal: "client" };
  try {
    const answer = await refreshAuthorization(grant.issuer, {
      metadata: grant.facts,
      clientInformation: client,
      refreshToken,
      resource: grant.resource,
      fetchFn: fetch,
    });
    return { grant: { ...grant, client, scope: answer.scope ?? grant.scope, tokens: tokensOf(answer, clock.now()) } };
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    if (cause instanceof OAuthError && !passing.has(cause.code)) return { refusal: isAboutClient(cause) ? "client" : "token" };
    throw new HubError(
      "UPSTREAM_UNAVAILABLE",
      `The authorization server ${new URL(grant.issuer).host} does not renew the token at present`,
      {
        cause,
        hint: "It is tried again with the next request",
      },
    );
  }
}

/** A client of the configuration may have got another secret since; as another client the token is of no use. */
export function clientOf({ client }: Grant, settings: AuthSettings): OAuthClient | undefined {
  if (client.kind !== "configured") return client;
  const now = configuredClient(settings);
  return now?.client_id === client.client_id ? now : undefined;
}

/** The authorization server does not know the hub any more, or not as a client that may do this. */
export const isAboutClient = (cause: unknown): boolean => cause instanceof OAuthError && aboutClient.has(cause.code);
