import type { Kysely } from "kysely";
import { defaultTenant } from "../kernel/principal.ts";
import type { Store } from "../store/store.ts";
import type { SecretRow, Tables } from "../store/tables.ts";

/** The rows of sealed texts, and the two facts about sealing itself that the settings hold. */
export interface SecretStore {
  find(tenant: string, name: string): Promise<string | undefined>;
  put(row: SecretRow): Promise<void>;
  remove(tenant: string, name: string): Promise<boolean>;
  names(tenant: string): Promise<string[]>;
  /** The rows that another key has sealed. */
  sealedWithout(keyId: string): Promise<SecretRow[]>;
  /** Puts the new envelope, unless the row has changed since `old` was read. */
  replace(old: SecretRow, sealed: string, keyId: string): Promise<boolean>;
}

export function createSecretStore({ db }: Store): SecretStore {
  return {
    async find(tenant, name) {
      const row = await db
        .selectFrom("secrets")
        .select("sealed")
        .where("tenant_id", "=", tenant)
        .where("name", "=", name)
        .executeTakeFirst();
      return row?.sealed;
    },
    async put(row) {
      const { sealed, key_id, updated_at } = row;
      await db
        .insertInto("secrets")
        .values(row)
        .onConflict((conflict) => conflict.columns(["tenant_id", "name"]).doUpdateSet({ sealed, key_id, updated_at }))
        .execute();
    },
    async remove(tenant, name) {
      const { numDeletedRows } = await db.deleteFrom("secrets").where("tenant_id", "=", tenant).where("name", "=", name).executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async names(tenant) {
      const rows = await db.selectFrom("secrets").select("name").where("tenant_id", "=", tenant).orderBy("name").execute();
      return rows.map(({ name }) => name);
    },
    sealedWithout: (keyId) =>
      db.selectFrom("secrets").selectAll().where("key_id", "!=", keyId).orderBy("tenant_id").orderBy("name").execute(),
    async replace(old, sealed, keyId) {
      const { numUpdatedRows } = await db
        .updateTable("secrets")
        .set({ sealed, key_id: keyId })
        .where("tenant_id", "=", old.tenant_id)
        .where("name", "=", old.name)
        .where("sealed", "=", old.sealed)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}

type SealingFact = "vault.salt" | "vault.check";

export async function readFact(db: Kysely<Tables>, key: SealingFact): Promise<string | undefined> {
  const row = await db
    .selectFrom("settings")
    .select("value_json")
    .where("tenant_id", "=", defaultTenant)
    .where("key", "=", key)
    .executeTakeFirst();
  return row && (JSON.parse(row.value_json) as string);
}

export async function writeFact(db: Kysely<Tables>, key: SealingFact, value: string): Promise<void> {
  const value_json = JSON.stringify(value);
  await db
    .insertInto("settings")
    .values({ tenant_id: defaultTenant, key, value_json })
    .onConflict((conflict) => conflict.columns(["tenant_id", "key"]).doUpdateSet({ value_json }))
    .execute();
}
