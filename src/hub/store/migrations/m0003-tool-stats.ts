import type { Kysely } from "kysely";

/** What every tool was used for. */
export async function toolStats(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("tool_stats")
    .addColumn("tenant_id", "text", (column) => column.notNull().references("tenants.id").onDelete("cascade"))
    .addColumn("tool", "text", (column) => column.notNull())
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("calls", "bigint", (column) => column.notNull())
    .addColumn("errors", "bigint", (column) => column.notNull())
    .addColumn("latency_json", "text", (column) => column.notNull())
    .addColumn("results", "bigint", (column) => column.notNull())
    .addColumn("result_chars", "bigint", (column) => column.notNull())
    .addColumn("largest_result", "bigint", (column) => column.notNull())
    .addColumn("first_used_at", "bigint", (column) => column.notNull())
    .addColumn("last_used_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("tool_stats_key", ["tenant_id", "tool"])
    .execute();
}
