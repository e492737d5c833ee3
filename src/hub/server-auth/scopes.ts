import { computeScopeUnion } from "@modelcontextprotocol/client";

export interface ScopeSources {
  /** What the owner wrote. */
  readonly configured: readonly string[] | undefined;
  /** What the server asked for with its refusal. */
  readonly challenged: string | undefined;
  /** `scopes_supported` of the protected resource. */
  readonly resource: readonly string[] | undefined;
  /** `scopes_supported` of the authorization server. */
  readonly issuer: readonly string[] | undefined;
  /** What the hub has been granted or has asked for before. */
  readonly before: string | undefined;
}

/**
 * What to ask for (MCP 2026-07-28, "Scope Selection Strategy"): the challenge, else all of the resource's; the owner's word
 * replaces the latter. What was granted before stays (SEP-2350), and `offline_access` is added where it is known (SEP-2207).
 */
export function scopesToAsk({ configured, challenged, resource, issuer, before }: ScopeSources): string | undefined {
  const wanted = configured ? computeScopeUnion(configured.join(" "), challenged) : challenged || resource?.join(" ");
  const offline = wanted && issuer?.includes("offline_access") ? "offline_access" : undefined;
  return computeScopeUnion(before, wanted, offline);
}

/** A scope as RFC 6749 section 3.3 lets it be written; anything else in it is dropped. */
export const plainScope = (scope: string | undefined): string | undefined =>
  scope?.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, "").trim() || undefined;
