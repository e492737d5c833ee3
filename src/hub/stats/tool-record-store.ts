import type { Kysely } from "kysely";
import type { Store } from "../store/store.ts";
import type { Tables, ToolStatsRow } from "../store/tables.ts";
import { latencyText, parseLatency } from "./latency.ts";
import { addRecords, type ToolRecord } from "./tool-record.ts";

/** Records of tools, by tool id. */
export type ToolRecords = ReadonlyMap<string, ToolRecord>;

/** Where records outlive the hub; several hubs add to the same ones. */
export interface ToolRecordStore {
  read(tenant: string): Promise<Map<string, ToolRecord>>;
  /** Adds to what is there. */
  add(tenant: string, records: ToolRecords): Promise<void>;
}

/** Rows of one statement, well below the databases' limits on parameters. */
const batchSize = 500;

export const createToolRecordStore = (store: Store): ToolRecordStore => ({
  read: (tenant) => read(store.db, tenant),
  add: (tenant, records) =>
    store.exclusively("tool_stats", async (db) => {
      const before = await read(db, tenant);
      const rows = [...records].map(([tool, record]) => rowOf(tenant, tool, addRecords(before.get(tool), record)));
      for (let at = 0; at < rows.length; at += batchSize) await write(db, rows.slice(at, at + batchSize));
    }),
});

async function read(db: Kysely<Tables>, tenant: string): Promise<Map<string, ToolRecord>> {
  const rows = await db.selectFrom("tool_stats").selectAll().where("tenant_id", "=", tenant).orderBy("tool").execute();
  return new Map(rows.map((row) => [row.tool, recordOf(row)]));
}

const write = (db: Kysely<Tables>, rows: readonly ToolStatsRow[]) =>
  db
    .insertInto("tool_stats")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "tool"]).doUpdateSet((eb) => ({
        source: eb.ref("excluded.source"),
        calls: eb.ref("excluded.calls"),
        errors: eb.ref("excluded.errors"),
        latency_json: eb.ref("excluded.latency_json"),
        results: eb.ref("excluded.results"),
        result_chars: eb.ref("excluded.result_chars"),
        largest_result: eb.ref("excluded.largest_result"),
        last_used_at: eb.ref("excluded.last_used_at"),
      })),
    )
    .execute();

const rowOf = (tenant: string, tool: string, record: ToolRecord): ToolStatsRow => ({
  tenant_id: tenant,
  tool,
  source: record.source,
  calls: record.calls,
  errors: record.errors,
  latency_json: latencyText(record.latency),
  results: record.results,
  result_chars: record.resultChars,
  largest_result: record.largestResult,
  first_used_at: record.firstUsedAt,
  last_used_at: record.lastUsedAt,
});

const recordOf = (row: ToolStatsRow): ToolRecord => ({
  source: row.source,
  calls: row.calls,
  errors: row.errors,
  latency: parseLatency(row.latency_json),
  results: row.results,
  resultChars: row.result_chars,
  largestResult: row.largest_result,
  firstUsedAt: row.first_used_at,
  lastUsedAt: row.last_used_at,
});
