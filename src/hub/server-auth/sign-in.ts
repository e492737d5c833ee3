import {
  exchangeAuthorization,
  OAuthError,
  startAuthorization,
  validateAuthorizationResponseIssuer,
  type AuthorizationServerMetadata,
  type FetchLike,
  type OAuthTokens,
} from "@modelcontextprotocol/client";
import { HubError } from "../kernel/errors.ts";
import type { Clock } from "../kernel/runtime.ts";
import { IssuerFacts, type Flow, type Grant, type OAuthClient, type Tokens } from "./records.ts";
import { checkNamedAddress } from "./safe-address.ts";
import { plainScope } from "./scopes.ts";

export interface SignInOptions {
  readonly server: string;
  readonly serverUrl: string;
  readonly metadata: AuthorizationServerMetadata;
  readonly client: OAuthClient;
  readonly redirectUrl: string;
  readonly resource: string | undefined;
  readonly scope: string | undefined;
  readonly state: string;
  readonly expiresAt: number;
}

export interface SignIn {
  /** Where the person goes. */
  readonly url: string;
  readonly flow: Flow;
}

/** Makes the address a person signs in at: PKCE with S256, the resource indicator, and a state that is good once. */
export async function startSignIn(options: SignInOptions): Promise<SignIn> {
  const { server, serverUrl, metadata, client, redirectUrl, resource, scope, state, expiresAt } = options;
  const { authorizationUrl, codeVerifier } = await startAuthorization(metadata.issuer, {
    metadata,
    clientInformation: client,
    redirectUrl,
    scope,
    state,
    resource,
  });
  const url = checkNamedAddress(authorizationUrl.href, "authorization endpoint", new URL(serverUrl));
  const facts = IssuerFacts.parse(metadata);
  return {
    url: url.href,
    flow: { server, serverUrl, issuer: facts.issuer, facts, client, codeVerifier, redirectUrl, resource, scope, expiresAt },
  };
}

/** What came back with the browser. */
export interface Callback {
  readonly state: string;
  readonly code: string | undefined;
  readonly iss: string | undefined;
  readonly error: string | undefined;
  readonly path: string;
}

/** Reads the address a browser was sent back to, or that a person pasted. */
export function readCallback(text: string): Callback {
  const url = URL.parse(text.trim());
  if (!url)
    throw new HubError("VALIDATION", "This is not the address the browser was sent back to", { hint: "Copy all of its address bar" });
  const one = (name: string) => {
    const values = url.searchParams.getAll(name);
    if (values.length > 1) throw new HubError("VALIDATION", `The address names ${name} more than once`, { hint: "Sign in again" });
    return values[0] || undefined;
  };
  const [state, code, iss, error] = [one("state"), one("code"), one("iss"), one("error")];
  if (state === undefined || (code === undefined && error === undefined))
    throw new HubError("VALIDATION", "The address holds no state and code of a sign-in", { hint: "Copy all of the browser's address bar" });
  return { state, code, iss, error, path: url.pathname };
}

/** Checks that the answer comes from the issuer the person was sent to (RFC 9207), and trades its code for tokens there. */
export async function finishSignIn(flow: Flow, { code, iss, error }: Callback, deps: { fetch: FetchLike; clock: Clock }): Promise<Grant> {
  const host = new URL(flow.issuer).host;
  try {
    validateAuthorizationResponseIssuer({
      iss,
      expectedIssuer: flow.issuer,
      issParameterSupported: flow.facts.authorization_response_iss_parameter_supported === true,
    });
  } catch (cause) {
    throw new HubError("FORBIDDEN", `The answer does not come from ${host}, where you were sent to sign in`, {
      cause,
      hint: "Somebody may be trying to mix up two sign-ins; nothing was sent. Sign in again",
    });
  }
  if (code === undefined)
    throw new HubError("UPSTREAM_REJECTED", `${host} did not let you in (${plainScope(error)?.slice(0, 100)})`, { hint: "Sign in again" });
  try {
    const tokens = await exchangeAuthorization(flow.issuer, {
      metadata: flow.facts,
      clientInformation: flow.client,
      authorizationCode: code,
      iss,
      codeVerifier: flow.codeVerifier,
      redirectUri: flow.redirectUrl,
      resource: flow.resource,
      fetchFn: deps.fetch,
    });
    return grantOf(flow, tokens, deps.clock.now());
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    throw new HubError("UPSTREAM_REJECTED", `${host} gave no token for this sign-in (${tokenFailure(cause)})`, {
      cause,
      hint: "Sign in again",
    });
  }
}

type Granting = Pick<Flow, "serverUrl" | "issuer" | "facts" | "client" | "resource" | "scope">;

/** What is kept of a successful sign-in. */
export function grantOf({ serverUrl, issuer, facts, client, resource, scope }: Granting, answer: OAuthTokens, now: number): Grant {
  // An omitted scope means the one that was asked for (RFC 6749 section 5.1).
  return { serverUrl, issuer, facts, client, resource, requestedScope: scope, scope: answer.scope ?? scope, tokens: tokensOf(answer, now) };
}

export function tokensOf(answer: OAuthTokens, now: number): Tokens {
  if (answer.token_type.toLowerCase() !== "bearer")
    throw new HubError("UPSTREAM_REJECTED", "The authorization server gave a token of a kind the hub does not know");
  return {
    access: answer.access_token,
    ...(answer.refresh_token !== undefined && { refresh: answer.refresh_token }),
    ...(answer.expires_in !== undefined && { expiresAt: now + answer.expires_in * 1000 }),
  };
}

/** The registered word for it, never the text beside it, which an attacker may have written. */
export const tokenFailure = (cause: unknown): string =>
  cause instanceof OAuthError ? (plainScope(cause.code)?.slice(0, 100) ?? "no reason given") : "its answer makes no sense";
