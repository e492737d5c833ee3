import type { Clock } from "../kernel/runtime.ts";
import type { Store } from "../store/store.ts";
import type { Given } from "./inputs.ts";
import type { Permissions } from "./schema.ts";

/** What is known of an installed server: enough to update it, to notice a change, and to take it away without a trace. */
export interface InstallRecord {
  readonly server: string;
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly way: string;
  readonly package?: { readonly type: string; readonly identifier: string; readonly version: string; readonly integrity?: string };
  readonly repositoryId?: string;
  readonly state: "written" | "enabled" | "quarantined";
  readonly file: string;
  readonly permissions: Permissions;
  /** As written, placeholders and all. */
  readonly entry: Readonly<Record<string, unknown>>;
  /** What was given, but for what is sealed. */
  readonly inputs: Given;
  /** Names in the vault. */
  readonly secrets: readonly string[];
  /** Hash of each tool's definition. */
  readonly tools: Readonly<Record<string, string>>;
  /** Where a bundle lies. */
  readonly directory?: string;
  readonly installedAt: number;
}

export interface InstallStore {
  all(tenant: string): Promise<(InstallRecord & { readonly updatedAt: number })[]>;
  find(tenant: string, server: string): Promise<InstallRecord | undefined>;
  put(tenant: string, record: InstallRecord): Promise<void>;
  remove(tenant: string, server: string): Promise<void>;
}

export function createInstallStore({ db }: Store, clock: Pick<Clock, "now">): InstallStore {
  return {
    async all(tenant) {
      const rows = await db
        .selectFrom("marketplace_installs")
        .select(["record_json", "updated_at"])
        .where("tenant_id", "=", tenant)
        .orderBy("server")
        .execute();
      return rows.map(({ record_json, updated_at }) => ({ ...(JSON.parse(record_json) as InstallRecord), updatedAt: updated_at }));
    },
    async find(tenant, server) {
      const row = await db
        .selectFrom("marketplace_installs")
        .select("record_json")
        .where("tenant_id", "=", tenant)
        .where("server", "=", server)
        .executeTakeFirst();
      return row && (JSON.parse(row.record_json) as InstallRecord);
    },
    async put(tenant, record) {
      const values = { record_json: JSON.stringify(record), updated_at: clock.now() };
      await db
        .insertInto("marketplace_installs")
        .values({ tenant_id: tenant, server: record.server, ...values })
        .onConflict((conflict) => conflict.columns(["tenant_id", "server"]).doUpdateSet(values))
        .execute();
    },
    async remove(tenant, server) {
      await db.deleteFrom("marketplace_installs").where("tenant_id", "=", tenant).where("server", "=", server).execute();
    },
  };
}
