import type { FetchLike } from "@modelcontextprotocol/client";
import type { Egress, EgressInit } from "../gates/egress.ts";
import { isLocal } from "./safe-address.ts";

/** No metadata document or token answer comes near these. */
const caps = { maxBytes: 1024 * 1024, timeoutMs: 30_000 };

/**
 * Requests of a sign-in. Addresses the owner wrote (the server's, the expected issuer's) are trusted as the rest of the
 * configuration is; all others come from the network and must be public, unless the server itself is on this machine or network.
 */
export function authFetch(egress: Egress, serverUrl: URL, issuer: string | undefined): FetchLike {
  const written = new Set([serverUrl.origin, ...(issuer === undefined ? [] : [URL.parse(issuer)?.origin])]);
  const local = isLocal(serverUrl);
  return (url, init) => {
    const trust = local || written.has(new URL(url).origin) ? "configured" : "untrusted";
    return egress.fetch(url, { ...(init as EgressInit), ...caps, trust });
  };
}
