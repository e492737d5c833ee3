import type { Transaction } from "kysely";
import { HubError } from "../kernel/errors.ts";
import { migrations as known } from "./migrations/all.ts";
import type { Migration } from "./migrations/migration.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";

/**
 * Brings the schema up to this program, all or nothing, one process at a time.
 * Not Kysely's Migrator: on SQLite that one neither locks nor runs in a transaction, and hubs do start together.
 */
export async function migrate(store: Store, now: number, migrations: Readonly<Record<string, Migration>> = known): Promise<void> {
  await store.exclusively("migrate", async (db) => {
    const applied = await appliedMigrations(db);
    const newer = applied.filter((name) => !(name in migrations));
    if (newer.length > 0)
      throw new HubError(
        "CONFLICT",
        `The store was last used by a newer hubctl: this one does not know its migration ${newer.join(", ")}`,
        {
          hint: "Upgrade hubctl, or restore the backup made before the upgrade",
        },
      );
    for (const [name, up] of Object.entries(migrations)) {
      if (applied.includes(name)) continue;
      await up(db as Transaction<unknown>, { kind: store.kind, now });
      await db.insertInto("migrations").values({ name, applied_at: now }).execute();
    }
  });
}

async function appliedMigrations(db: Transaction<Tables>): Promise<string[]> {
  await db.schema
    .createTable("migrations")
    .ifNotExists()
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("applied_at", "bigint", (column) => column.notNull())
    .execute();
  const rows = await db.selectFrom("migrations").select("name").orderBy("name").execute();
  return rows.map(({ name }) => name);
}
