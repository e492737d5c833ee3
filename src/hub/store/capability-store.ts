import type { Clock } from "../kernel/runtime.ts";
import type { Store } from "./store.ts";

export interface RememberedCapabilities {
  /** Of the configuration they were listed under; another one makes them stale. */
  readonly configHash: string;
  readonly capabilities: unknown;
  readonly at: number;
}

/** The last lists each server of a tenant gave, so that a hub can serve them before the server has started. */
export interface CapabilityStore {
  load(): Promise<Map<string, RememberedCapabilities>>;
  save(server: string, configHash: string, capabilities: unknown): Promise<void>;
  remove(server: string): Promise<void>;
}

export function createCapabilityStore({ db }: Store, clock: Clock, tenant: string): CapabilityStore {
  return {
    async load() {
      const rows = await db.selectFrom("server_capabilities").selectAll().where("tenant_id", "=", tenant).orderBy("server").execute();
      const remembered = (row: (typeof rows)[number]): RememberedCapabilities => ({
        configHash: row.config_hash,
        capabilities: JSON.parse(row.capabilities_json),
        at: row.at,
      });
      return new Map(rows.map((row) => [row.server, remembered(row)]));
    },
    async save(server, configHash, capabilities) {
      const values = { config_hash: configHash, capabilities_json: JSON.stringify(capabilities), at: clock.now() };
      await db
        .insertInto("server_capabilities")
        .values({ tenant_id: tenant, server, ...values })
        .onConflict((conflict) => conflict.columns(["tenant_id", "server"]).doUpdateSet(values))
        .execute();
    },
    async remove(server) {
      await db.deleteFrom("server_capabilities").where("tenant_id", "=", tenant).where("server", "=", server).execute();
    },
  };
}
