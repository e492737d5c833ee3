import { registerClient, RegistrationRejectedError, type AuthorizationServerMetadata, type FetchLike } from "@modelcontextprotocol/client";
import { HubError } from "../kernel/errors.ts";
import type { AuthSettings } from "../servers/endpoint.ts";
import type { CredentialStore, Owner } from "./credential-store.ts";
import type { OAuthClient } from "./records.ts";
import { checkNamedAddress } from "./safe-address.ts";

export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

export interface ClientOptions {
  readonly owner: Owner;
  readonly settings: AuthSettings;
  readonly metadata: AuthorizationServerMetadata;
  readonly redirectUrl: string;
  readonly scope: string | undefined;
  readonly fetch: FetchLike;
  readonly store: CredentialStore;
  readonly now: number;
}

/**
 * Who the hub is to this authorization server, in the order of MCP 2026-07-28 "Client Registration Approaches": the client that
 * the owner registered, a Client ID Metadata Document, the one registered here before, a new registration (RFC 7591).
 */
export async function clientFor(options: ClientOptions): Promise<OAuthClient> {
  const { owner, settings, metadata, redirectUrl, store } = options;
  const own = configuredClient(settings);
  if (own) return own;
  if (settings.clientMetadataUrl !== undefined && metadata.client_id_metadata_document_supported === true)
    return { kind: "document", client_id: settings.clientMetadataUrl, token_endpoint_auth_method: "none" };
  const before = await store.registration(owner);
  if (before?.issuer === metadata.issuer && before.redirectUrl === redirectUrl && !isExpired(before.client, options.now))
    return before.client;
  const client = await register(options);
  await store.saveRegistration(owner, { serverUrl: owner.url, issuer: metadata.issuer, redirectUrl, client });
  return client;
}

/** The client of the configuration, which is read anew every time: its secret may have been replaced. */
export const configuredClient = ({ clientId, clientSecret }: AuthSettings): OAuthClient | undefined =>
  clientId === undefined
    ? undefined
    : { kind: "configured", client_id: clientId, ...(clientSecret !== undefined && { client_secret: clientSecret }) };

const isExpired = ({ client_secret_expires_at: at }: OAuthClient, now: number) => at !== undefined && at !== 0 && at * 1000 <= now;

async function register({ settings, owner, metadata, redirectUrl, scope, fetch }: ClientOptions): Promise<OAuthClient> {
  if (!metadata.registration_endpoint) throw noClient(owner, metadata.issuer, settings);
  checkNamedAddress(metadata.registration_endpoint, "registration endpoint", new URL(owner.url));
  try {
    const made = await registerClient(metadata.issuer, {
      metadata,
      scope,
      fetchFn: fetch,
      clientMetadata: clientMetadata(redirectUrl, metadata),
    });
    const { client_id, client_secret, client_secret_expires_at } = made;
    const method = (made as { token_endpoint_auth_method?: string }).token_endpoint_auth_method;
    return { kind: "registered", client_id, client_secret, client_secret_expires_at, token_endpoint_auth_method: method };
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    const why = cause instanceof RegistrationRejectedError ? `HTTP ${cause.status}` : "its answer makes no sense";
    throw new HubError("UPSTREAM_REJECTED", `${new URL(metadata.issuer).host} does not register the hub as a client (${why})`, {
      cause,
      hint: `Register a client there by hand, with ${redirectUrl} as its redirect URL, and set auth.clientId of ${owner.server}`,
    });
  }
}

/** What the hub says of itself, in a registration and in a Client ID Metadata Document. */
export function clientMetadata(redirectUrl: string, metadata?: AuthorizationServerMetadata) {
  const methods = metadata?.token_endpoint_auth_methods_supported ?? ["none"];
  const method = ["none", "client_secret_basic", "client_secret_post"].find((known) => methods.includes(known));
  return {
    client_name: "hubctl",
    redirect_uris: [redirectUrl],
    grant_types: ["authorization_code", "refresh_token", ...(metadata?.grant_types_supported?.includes(deviceGrant) ? [deviceGrant] : [])],
    response_types: ["code"],
    token_endpoint_auth_method: method ?? "none",
    // RFC 8252: a redirect to loopback is that of a program on the person's machine.
    application_type: /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/]/.test(redirectUrl) ? "native" : "web",
  };
}

const noClient = ({ server }: Owner, issuer: string, { clientMetadataUrl }: AuthSettings) =>
  new HubError(
    "UPSTREAM_REJECTED",
    `${new URL(issuer).host} lets no client register itself${clientMetadataUrl ? ", nor by a metadata document" : ""}`,
    {
      hint: `Register a client there by hand and set auth.clientId (and auth.clientSecret) of ${server} in the configuration`,
    },
  );
