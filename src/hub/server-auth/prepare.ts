import { computeScopeUnion, extractWWWAuthenticateParams, type AuthorizationServerMetadata } from "@modelcontextprotocol/client";
import type { Egress } from "../gates/egress.ts";
import type { AuthSettings } from "../servers/endpoint.ts";
import { discoverIssuer, discoverResource, type Resource } from "./discover.ts";
import { chooseIssuer, sameIssuer } from "./issuer-choice.ts";
import { clientFor } from "./oauth-client.ts";
import type { OAuthClient } from "./records.ts";
import { checkNamedAddress } from "./safe-address.ts";
import { plainScope, scopesToAsk } from "./scopes.ts";
import type { Challenge, ServerSession } from "./session.ts";

/** Everything that is known before a person is asked to sign in. */
export interface Prepared {
  readonly resource: Resource;
  readonly metadata: AuthorizationServerMetadata;
  readonly client: OAuthClient;
  readonly redirectUrl: string;
  readonly scope: string | undefined;
}

export interface Wish {
  readonly challenge: Challenge;
  /** An issuer that is not the former one, which the person agrees to. */
  readonly accepted?: string;
  readonly baseUrl: string;
}

export const callbackPath = "/oauth/callback";

/** Finds out where and as whom the hub signs in at a server, and registers it there when need be. */
export async function prepare(session: ServerSession, { challenge, accepted, baseUrl }: Wish): Promise<Prepared> {
  const { owner, settings, store, clock, fetch } = session.deps;
  const serverUrl = new URL(owner.url);
  const metadataUrl = challenge.metadataUrl && checkNamedAddress(challenge.metadataUrl.href, "metadata address", serverUrl);
  // A secret must not go to an issuer that nobody has named.
  const resource = await discoverResource(serverUrl, { fetch, metadataUrl, mayBeItsOwnIssuer: settings.clientSecret === undefined });
  const grant = await session.grant();
  const issuer = chooseIssuer(owner.server, { named: resource.issuers, expected: settings.issuer, bound: grant?.issuer, accepted });
  const metadata = await discoverIssuer(issuer, serverUrl, fetch);
  const scope = scopesToAsk({
    configured: settings.scopes,
    challenged: challenge.scope,
    resource: resource.scopes,
    issuer: metadata.scopes_supported,
    before: grant && sameIssuer(grant.issuer, metadata.issuer) ? computeScopeUnion(grant.scope, grant.requestedScope) : undefined,
  });
  const redirectUrl = redirectFor(owner.server, { settings, metadata, baseUrl });
  const client = await clientFor({ owner, settings, metadata, redirectUrl, scope, fetch, store, now: clock.now() });
  return { resource, metadata, client, redirectUrl, scope };
}

interface Redirecting {
  readonly settings: AuthSettings;
  readonly metadata: AuthorizationServerMetadata;
  readonly baseUrl: string;
}

/**
 * Each server has an address of its own, so that an answer meant for one cannot be passed to another (RFC 9700 section 4.4.2.2);
 * a metadata document is one for all, and names one.
 */
function redirectFor(server: string, { settings, metadata, baseUrl }: Redirecting): string {
  if (settings.redirectUrl !== undefined) return settings.redirectUrl;
  const isDocument =
    settings.clientId === undefined && settings.clientMetadataUrl && metadata.client_id_metadata_document_supported === true;
  return `${baseUrl}${callbackPath}${isDocument ? "" : `/${encodeURIComponent(server)}`}`;
}

const probeTimeoutMs = 10_000;

/** Asks a server without a credential, for what it says when it refuses; a server that does not answer has said nothing. */
export async function probeChallenge(url: string, egress: Egress): Promise<Challenge> {
  try {
    const response = await egress.fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 0, method: "tools/list" }),
      redirect: "error",
      trust: "configured",
      timeoutMs: probeTimeoutMs,
    });
    await response.body?.cancel();
    const { resourceMetadataUrl: metadataUrl, scope } = response.status === 401 ? extractWWWAuthenticateParams(response) : {};
    return { metadataUrl, scope: plainScope(scope) };
  } catch {
    return { metadataUrl: undefined, scope: undefined };
  }
}
