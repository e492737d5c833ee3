import {
  checkResourceAllowed,
  discoverAuthorizationServerMetadata,
  discoverOAuthProtectedResourceMetadata,
  IssuerMismatchError,
  resourceUrlFromServerUrl,
  type AuthorizationServerMetadata,
  type FetchLike,
} from "@modelcontextprotocol/client";
import { HubError } from "../kernel/errors.ts";
import { checkNamedAddress } from "./safe-address.ts";

/** What a server says about who lets people in. */
export interface Resource {
  /** Authorization servers in the order the server prefers them; never empty. */
  readonly issuers: readonly string[];
  /** The resource indicator of RFC 8707; undefined for servers older than RFC 9728 metadata. */
  readonly indicator: string | undefined;
  readonly scopes: readonly string[] | undefined;
}

export interface ResourceOptions {
  readonly fetch: FetchLike;
  /** From the `WWW-Authenticate` header of a refusal. */
  readonly metadataUrl: URL | undefined;
  /** Whether a server without metadata of its own may be its own authorization server, as before MCP 2025-06-18. */
  readonly mayBeItsOwnIssuer: boolean;
}

/** Reads the protected resource metadata (RFC 9728) of a server. */
export async function discoverResource(serverUrl: URL, { metadataUrl, mayBeItsOwnIssuer, ...gate }: ResourceOptions): Promise<Resource> {
  const noted = noteStatus(gate.fetch);
  try {
    const metadata = await discoverOAuthProtectedResourceMetadata(serverUrl, { resourceMetadataUrl: metadataUrl }, noted.fetch);
    checkIndicator(serverUrl, metadata.resource);
    const issuers = metadata.authorization_servers?.filter((issuer) => issuer !== "") ?? [];
    if (issuers.length > 0) return { issuers, indicator: metadata.resource, scopes: metadata.scopes_supported };
    if (!mayBeItsOwnIssuer) throw namesNobody(serverUrl);
    return { issuers: [serverUrl.origin], indicator: metadata.resource, scopes: metadata.scopes_supported };
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    if (noted.status() >= 500)
      throw new HubError("UPSTREAM_UNAVAILABLE", `${serverUrl.host} fails to say who lets people in (HTTP ${noted.status()})`, { cause });
    // A web site that answers everything with a page has no metadata; metadata that are wrong are no reason to guess.
    if (!mayBeItsOwnIssuer || noted.isJson()) throw namesNobody(serverUrl, cause);
    return { issuers: [serverUrl.origin], indicator: undefined, scopes: undefined };
  }
}

/** RFC 9728 section 3.3: metadata of another resource is another's, whoever serves it. */
function checkIndicator(serverUrl: URL, resource: string): void {
  const url = URL.parse(resource);
  const isOurs =
    url &&
    /^[!-~]+$/.test(resource) &&
    !url.username &&
    !url.password &&
    !url.hash &&
    checkResourceAllowed({ requestedResource: resourceUrlFromServerUrl(serverUrl), configuredResource: url });
  if (isOurs) return;
  throw new HubError("UPSTREAM_REJECTED", `${serverUrl.host} names another address as the one its credentials are for`, {
    hint: "Compare the url in the configuration with the one in the server's documentation; nothing was sent",
    details: { expected: serverUrl.href, named: resource.slice(0, 500) },
  });
}

const namesNobody = (serverUrl: URL, cause?: unknown) =>
  new HubError("UPSTREAM_REJECTED", `${serverUrl.host} does not say who lets people in (no OAuth metadata)`, {
    cause,
    hint: `Give it a credential in its "headers", or ask its operator how to sign in`,
  });

/** Reads the metadata of an authorization server (RFC 8414, OpenID Connect Discovery) and checks that it can be used safely. */
export async function discoverIssuer(issuer: string, serverUrl: URL, fetch: FetchLike): Promise<AuthorizationServerMetadata> {
  const host = checkNamedAddress(issuer, "authorization server", serverUrl).host;
  const noted = noteStatus(fetch);
  let metadata: AuthorizationServerMetadata | undefined;
  try {
    metadata = await discoverAuthorizationServerMetadata(issuer, { fetchFn: noted.fetch });
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    if (cause instanceof IssuerMismatchError) throw unusable(host, "its metadata is that of another issuer", cause);
    if (noted.status() < 400) throw unusable(host, "its metadata makes no sense", cause);
    throw new HubError("UPSTREAM_UNAVAILABLE", `The metadata of the authorization server ${host} cannot be read`, { cause });
  }
  if (!metadata) throw unusable(host, "it has no metadata (RFC 8414)");
  // MCP 2025-11-25 "Authorization Code Protection": without the list, S256 must be taken for unsupported.
  if (!metadata.code_challenge_methods_supported?.includes("S256")) throw unusable(host, "it does not offer PKCE with S256");
  if (!metadata.response_types_supported.includes("code")) throw unusable(host, "it does not offer the authorization code flow");
  checkNamedAddress(metadata.authorization_endpoint, "authorization endpoint", serverUrl);
  checkNamedAddress(metadata.token_endpoint, "token endpoint", serverUrl);
  return metadata;
}

const unusable = (host: string, why: string, cause?: unknown) =>
  new HubError("UPSTREAM_REJECTED", `The authorization server ${host} cannot be used: ${why}`, {
    cause,
    hint: "Tell its operator; no credential was sent there",
  });

/** The SDK's errors do not tell an answer that is wrong from one that is missing; the last answer does. */
function noteStatus(send: FetchLike) {
  let last: Response | undefined;
  return {
    status: () => last?.status ?? 0,
    isJson: () => last?.ok === true && /^application\/([\w.-]+\+)?json\b/i.test(last.headers.get("content-type") ?? ""),
    fetch: async (url: string | URL, init?: RequestInit) => {
      last = await send(url, init);
      return last;
    },
  };
}
