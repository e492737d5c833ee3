import { listingKey, type Entry, type ServerJson } from "./entry.ts";

interface Official {
  readonly servers: readonly { readonly server: ServerJson; readonly _meta: Record<string, { readonly updatedAt: string }> }[];
}

/** The official registry's own answers, nothing changed. */
export const fromOfficial = (data: unknown): Entry[] =>
  (data as Official).servers.map(({ server, _meta }) => ({
    server,
    _meta: { ..._meta, [listingKey]: { source: "official", updatedAt: _meta["io.modelcontextprotocol.registry/official"]!.updatedAt } },
  }));
