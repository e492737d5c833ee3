import type { Kysely } from "kysely";
import type { AuditRow, Tables } from "../store/tables.ts";
import { beginning, hashOf, type AuditHead } from "./audit-row.ts";
import { readHead, rowsAfter } from "./audit-store.ts";

export type Verification =
  | { readonly ok: true; readonly rows: number }
  /** `seq` is the first row that is not what it was, or is not there; `rows` is how many before it are whole. */
  | { readonly ok: false; readonly rows: number; readonly seq: number; readonly reason: string };

const pageSize = 1_000;

/** Walks the whole chain, while others may append to it. */
export async function verifyChain(db: Kysely<Tables>): Promise<Verification> {
  let last = beginning;
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    // Before the rows: then every row up to this end has to be among them.
    const end = await readHead(db);
    const rows = await rowsAfter(db, after, pageSize);
    for (const row of rows) {
      const flaw = flawOf(row, last);
      if (flaw) return broken(last.seq + 1, flaw);
      last = row;
    }
    after = rows.at(-1)?.seq ?? after;
    const isWithin = rows.length === pageSize;
    const isOvertaken = end !== undefined && end.seq < last.seq && rows.length > 0;
    if (isWithin || isOvertaken) {
      await new Promise(setImmediate);
      continue;
    }
    return flawOfEnd(last, end) ?? { ok: true, rows: last.seq };
  }
}

function flawOf(row: AuditRow, before: AuditHead): string | undefined {
  if (row.seq <= before.seq) return `row ${row.seq} is not the hub's`;
  if (row.seq > before.seq + 1) return `rows ${before.seq + 1} to ${row.seq - 1} are missing`;
  if (row.hash !== hashOf(row)) return `row ${row.seq} was edited: its hash does not fit its content`;
  if (row.prev_hash !== before.hash) return `row ${row.seq} does not follow row ${before.seq}: one of the two was replaced`;
  return undefined;
}

function flawOfEnd(last: AuditHead, end: AuditHead | undefined): Verification | undefined {
  if (!end) return broken(last.seq + 1, "the record of the chain's end is gone");
  if (end.seq > last.seq) return broken(last.seq + 1, `rows ${last.seq + 1} to ${end.seq} at the end are missing`);
  if (end.seq < last.seq) return broken(end.seq + 1, `rows from ${end.seq + 1} on are not the hub's`);
  if (end.hash !== last.hash) return broken(Math.max(last.seq, 1), `row ${last.seq} was replaced`);
  return undefined;
}

const broken = (seq: number, reason: string): Verification => ({ ok: false, rows: seq - 1, seq, reason });
