import type { Kysely } from "kysely";

/** What the marketplace learned from the registry since the bundled lists, and what was installed from it. */
export async function marketplace(db: Kysely<unknown>): Promise<void> {
  // The registry is the same for everybody, so its rows belong to nobody.
  await db.schema
    .createTable("marketplace_versions")
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("version", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("is_latest", "integer", (column) => column.notNull())
    .addColumn("published_at", "bigint", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addColumn("listing_json", "text", (column) => column.notNull())
    .addColumn("entry_json", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("marketplace_versions_key", ["name", "version"])
    .execute();

  await db.schema
    .createTable("marketplace_installs")
    .addColumn("tenant_id", "text", (column) => column.notNull().references("tenants.id").onDelete("cascade"))
    .addColumn("server", "text", (column) => column.notNull())
    .addColumn("record_json", "text", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("marketplace_installs_key", ["tenant_id", "server"])
    .execute();
}
