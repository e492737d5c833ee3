import type { FetchLike } from "@modelcontextprotocol/client";
import { HubError } from "../kernel/errors.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { AuthSettings } from "../servers/endpoint.ts";
import { sendAsClient } from "./client-request.ts";
import type { Grant } from "./records.ts";
import { clientOf } from "./refresh.ts";
import { checkNamedAddress } from "./safe-address.ts";

export interface RevokeDeps {
  readonly fetch: FetchLike;
  readonly clock: Clock;
  readonly settings: AuthSettings;
}

/** A person who signs out waits no longer than this for an authorization server. */
const patienceMs = 5_000;

/**
 * Gives the tokens of a grant back to the issuer (RFC 7009), where it said that it takes them when the person signed in: the refresh
 * token and the access token, for not every authorization server ends one with the other. False when there is nothing to give back
 * or no way to; throws when the one that lasts longer was not taken.
 */
export async function revokeTokens(grant: Grant, { fetch, clock, settings }: RevokeDeps): Promise<boolean> {
  const { facts, tokens, serverUrl } = grant;
  const client = clientOf(grant, settings);
  if (!tokens || !client || facts.revocation_endpoint === undefined) return false;
  const url = checkNamedAddress(facts.revocation_endpoint, "revocation endpoint", new URL(serverUrl));
  const methods = facts.revocation_endpoint_auth_methods_supported ?? facts.token_endpoint_auth_methods_supported;
  const leaving = new AbortController();
  using _ = clock.after(patienceMs, () =>
    leaving.abort(new HubError("TIMEOUT", `${url.host} did not answer within ${patienceMs / 1000} s`)),
  );
  const giveBack = async (token: string, token_type_hint: string) => {
    const response = await sendAsClient(url, { token, token_type_hint }, { client, methods, fetch, signal: leaving.signal });
    await response.body?.cancel();
    if (!response.ok)
      throw new HubError("UPSTREAM_REJECTED", `${url.host} does not take the ${token_type_hint} back (HTTP ${response.status})`);
  };
  const [lasting] = await Promise.allSettled([
    ...(tokens.refresh === undefined ? [] : [giveBack(tokens.refresh, "refresh_token")]),
    giveBack(tokens.access, "access_token"),
  ]);
  if (lasting?.status === "rejected") throw lasting.reason;
  return true;
}
