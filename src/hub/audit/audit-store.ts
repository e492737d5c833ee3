import { sql, type Kysely } from "kysely";
import { defaultTenant } from "../kernel/principal.ts";
import type { Appender } from "../store/appender.ts";
import type { Sqlite } from "../store/bun-sqlite.ts";
import type { Store } from "../store/store.ts";
import type { AuditRow, Tables } from "../store/tables.ts";
import { beginning, link, parseHead, type AuditEntry, type AuditHead, type UnlinkedRow } from "./audit-row.ts";

const headKey = "audit.head";

/**
 * The writer of the chain. It never makes the head record anew: when somebody has deleted it, the chain goes on from the
 * last row, and the verification keeps saying that the record is gone.
 */
export const createChainWriter = (store: Store): Appender<UnlinkedRow, AuditRow> =>
  store.appender<UnlinkedRow, AuditRow>({ name: "audit", onSqlite: writeOnSqlite, onPostgres: writeOnPostgres });

const columns = ["seq", "at", "tenant_id", "principal", "action", "target", "outcome", "ms", "details_json", "prev_hash", "hash"] as const;

function writeOnSqlite(sqlite: Sqlite): (rows: readonly UnlinkedRow[]) => AuditRow[] {
  const place = `from settings where tenant_id = '${defaultTenant}' and key = '${headKey}'`;
  const readHead = sqlite.statement<{ value_json: string }>(`select value_json ${place}`);
  const readLast = sqlite.statement<AuditHead>("select seq, hash from audit order by seq desc limit 1");
  const insert = sqlite.statement(`insert into audit (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`);
  const moveHead = sqlite.statement(`update settings set value_json = ? where tenant_id = '${defaultTenant}' and key = '${headKey}'`);
  return (rows) => {
    const head = parseHead(readHead.get()?.value_json);
    const linked = linkAll(head ?? readLast.get() ?? beginning, rows);
    for (const row of linked) insert.run(...columns.map((column) => row[column]));
    if (head) moveHead.run(headJson(linked.at(-1)!));
    return linked;
  };
}

async function writeOnPostgres(db: Kysely<Tables>, rows: readonly UnlinkedRow[]): Promise<AuditRow[]> {
  const head = await readHead(db);
  const linked = linkAll(head ?? (await lastRow(db)) ?? beginning, rows);
  await db.insertInto("audit").values(linked).execute();
  if (head)
    await db
      .updateTable("settings")
      .set({ value_json: headJson(linked.at(-1)!) })
      .where("tenant_id", "=", defaultTenant)
      .where("key", "=", headKey)
      .execute();
  return linked;
}

function linkAll(head: AuditHead, rows: readonly UnlinkedRow[]): AuditRow[] {
  let last = head;
  return rows.map((row) => {
    const linked = link(last, row);
    last = linked;
    return linked;
  });
}

const headJson = ({ seq, hash }: AuditHead) => JSON.stringify({ seq, hash });

/** The head record, unless somebody has deleted or spoiled it. */
export async function readHead(db: Kysely<Tables>): Promise<AuditHead | undefined> {
  const row = await db
    .selectFrom("settings")
    .select("value_json")
    .where("tenant_id", "=", defaultTenant)
    .where("key", "=", headKey)
    .executeTakeFirst();
  return parseHead(row?.value_json);
}

const lastRow = (db: Kysely<Tables>) => db.selectFrom("audit").select(["seq", "hash"]).orderBy("seq", "desc").limit(1).executeTakeFirst();

/** Rows of the chain behind `seq`, oldest first. */
export const rowsAfter = (db: Kysely<Tables>, seq: number, limit: number): Promise<AuditRow[]> =>
  db.selectFrom("audit").selectAll().where("seq", ">", seq).orderBy("seq").limit(limit).execute();

export interface AuditFilter {
  readonly tenant: string;
  readonly principal?: string;
  /** Or the part before a dot: `servers` finds `servers.restart`. */
  readonly action?: string;
  /** Or the part before a dot: `slack` finds `slack.messages.post`. */
  readonly target?: string;
  readonly outcome?: AuditEntry["outcome"];
  readonly since?: number;
  readonly until?: number;
  /** Only rows before this one. */
  readonly before?: number;
  readonly limit: number;
}

/** Rows that fit the filter, newest first. */
export function findRows(db: Kysely<Tables>, filter: AuditFilter): Promise<AuditRow[]> {
  const { tenant, principal, action, target, outcome, since, until, before, limit } = filter;
  const below = (column: "action" | "target", name: string) =>
    sql<boolean>`substr(${sql.ref(column)}, 1, ${[...name].length + 1}) in (${name}, ${`${name}.`})`;
  return db
    .selectFrom("audit")
    .selectAll()
    .where("tenant_id", "=", tenant)
    .$if(principal !== undefined, (query) => query.where("principal", "=", principal!))
    .$if(action !== undefined, (query) => query.where(below("action", action!)))
    .$if(target !== undefined, (query) => query.where(below("target", target!)))
    .$if(outcome !== undefined, (query) => query.where("outcome", "=", outcome!))
    .$if(since !== undefined, (query) => query.where("at", ">=", since!))
    .$if(until !== undefined, (query) => query.where("at", "<", until!))
    .$if(before !== undefined, (query) => query.where("seq", "<", before!))
    .orderBy("seq", "desc")
    .limit(limit)
    .execute();
}
