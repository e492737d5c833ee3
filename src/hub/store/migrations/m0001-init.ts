import { sql, type Kysely } from "kysely";
import type { MigrationContext } from "./migration.ts";

/** The tables of the foundation. */
export async function init(db: Kysely<unknown>, context: MigrationContext): Promise<void> {
  await createTenants(db, context);
  await createBelongings(db);
  await createLogs(db, context);
  await db.schema
    .createTable("leases")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("holder", "text", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await sql`insert into settings (tenant_id, key, value_json) values ('default', 'audit.head', '{"seq":0,"hash":""}')`.execute(db);
}

async function createTenants(db: Kysely<unknown>, { now }: MigrationContext): Promise<void> {
  await db.schema
    .createTable("tenants")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();
  await sql`insert into tenants (id, name, created_at) values ('default', 'Default', ${now})`.execute(db);
}

/** What goes with its tenant. */
async function createBelongings(db: Kysely<unknown>): Promise<void> {
  const table = (name: string) =>
    db.schema.createTable(name).addColumn("tenant_id", "text", (column) => column.notNull().references("tenants.id").onDelete("cascade"));

  await table("settings")
    .addColumn("key", "text", (column) => column.notNull())
    .addColumn("value_json", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("settings_key", ["tenant_id", "key"])
    .execute();

  await table("secrets")
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("sealed", "text", (column) => column.notNull())
    .addColumn("key_id", "text", (column) => column.notNull())
    .addColumn("updated_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("secrets_key", ["tenant_id", "name"])
    .execute();

  await table("server_capabilities")
    .addColumn("server", "text", (column) => column.notNull())
    .addColumn("config_hash", "text", (column) => column.notNull())
    .addColumn("capabilities_json", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("server_capabilities_key", ["tenant_id", "server"])
    .execute();
}

/** Logs outlive the tenant they speak of, so they do not refer to `tenants`. */
async function createLogs(db: Kysely<unknown>, { kind }: MigrationContext): Promise<void> {
  // SQLite takes the name `integer` alone for an autoincrementing key, whose ids are never given twice.
  await db.schema
    .createTable("events")
    .addColumn("id", kind === "sqlite" ? "integer" : "bigserial", (column) =>
      kind === "sqlite" ? column.primaryKey().autoIncrement() : column.primaryKey(),
    )
    .addColumn("hub", "text", (column) => column.notNull())
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("v", "integer", (column) => column.notNull())
    .addColumn("level", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("tenant_id", "text", (column) => column.notNull())
    .addColumn("data_json", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("events_by_hub").on("events").columns(["hub", "id"]).execute();

  await db.schema
    .createTable("audit")
    .addColumn("seq", kind === "sqlite" ? "integer" : "bigint", (column) => column.primaryKey())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("tenant_id", "text", (column) => column.notNull())
    .addColumn("principal", "text", (column) => column.notNull())
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("target", "text")
    .addColumn("outcome", "text", (column) => column.notNull())
    .addColumn("ms", "bigint")
    .addColumn("details_json", "text")
    .addColumn("prev_hash", "text", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("audit_by_tenant").on("audit").columns(["tenant_id", "seq"]).execute();
}
