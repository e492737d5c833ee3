import { z } from "zod";

/** What an authorization server said of itself, as far as requests about tokens need it; names as in RFC 8414. */
export const IssuerFacts = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  response_types_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  revocation_endpoint: z.string().optional(),
  revocation_endpoint_auth_methods_supported: z.array(z.string()).optional(),
});
export type IssuerFacts = z.infer<typeof IssuerFacts>;

/** Who the hub is to an authorization server: `configured` by the owner, a metadata `document`, or `registered` dynamically. */
export const OAuthClient = z.object({
  kind: z.enum(["configured", "document", "registered"]),
  client_id: z.string(),
  client_secret: z.string().optional(),
  token_endpoint_auth_method: z.string().optional(),
  /** Epoch seconds; 0 means never (RFC 7591 section 3.2.1). */
  client_secret_expires_at: z.number().optional(),
});
export type OAuthClient = z.infer<typeof OAuthClient>;

/** To which address and which issuer something belongs; without either it belongs to nobody and is not used. */
const bound = { serverUrl: z.string(), issuer: z.string() };

export const Registration = z.object({ ...bound, redirectUrl: z.string(), client: OAuthClient });
export type Registration = z.infer<typeof Registration>;

export const Tokens = z.object({
  access: z.string(),
  refresh: z.string().optional(),
  /** Epoch ms. */
  expiresAt: z.number().optional(),
});
export type Tokens = z.infer<typeof Tokens>;

/** What a person granted. It outlives its tokens, for it says which issuer the person trusted. */
export const Grant = z.object({
  ...bound,
  facts: IssuerFacts,
  client: OAuthClient,
  resource: z.string().optional(),
  /** Scopes that were granted, and those that were asked for. */
  scope: z.string().optional(),
  requestedScope: z.string().optional(),
  tokens: Tokens.optional(),
});
export type Grant = z.infer<typeof Grant>;

/** A sign-in that a person has been sent off to; it can be finished once. */
export const Flow = z.object({
  ...bound,
  server: z.string(),
  facts: IssuerFacts,
  client: OAuthClient,
  codeVerifier: z.string(),
  redirectUrl: z.string(),
  resource: z.string().optional(),
  scope: z.string().optional(),
  expiresAt: z.number(),
});
export type Flow = z.infer<typeof Flow>;
