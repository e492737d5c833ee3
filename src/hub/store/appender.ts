import type { Transaction } from "kysely";
import type { Sqlite } from "./bun-sqlite.ts";
import type { Tables } from "./tables.ts";

/** How rows of a log get into either database. */
export interface AppendWriters<Entry, Row> {
  /** Of the log: appends to one log exclude each other among all processes. */
  readonly name: string;
  /** Prepares the write of one row; it runs inside a transaction that holds SQLite's write lock. */
  readonly onSqlite: (sqlite: Sqlite) => (entry: Entry) => Row;
  readonly onPostgres: (db: Transaction<Tables>, entries: readonly Entry[]) => Promise<readonly Row[]>;
}

export interface Appender<Entry, Row> {
  /**
   * Writes an entry behind all those given before. On SQLite it is in the store when this returns, unless a transaction of
   * this process is open: then, and on PostgreSQL, entries wait in a queue that goes out in batches.
   * To await it inside such a transaction is a deadlock.
   */
  append(entry: Entry): Row | Promise<Row>;
  /** When the queue is empty. */
  settled(): Promise<void>;
}

export interface AppendWays<Entry, Row> {
  /** Undefined where a row cannot be written within one turn of the event loop. */
  readonly immediate?: { readonly isFree: () => boolean; readonly write: (entry: Entry) => Row };
  readonly writeBatch: (entries: readonly Entry[]) => Promise<readonly Row[]>;
}

interface Waiting<Entry, Row> extends PromiseWithResolvers<Row> {
  readonly entry: Entry;
}

const batchSize = 500;

/** Makes the writer of an ordered log: at once when nothing is before the entry, else behind what is. */
export function createAppender<Entry, Row>({ immediate, writeBatch }: AppendWays<Entry, Row>): Appender<Entry, Row> {
  const queue: Waiting<Entry, Row>[] = [];
  let draining: Promise<void> | undefined;

  const drain = async () => {
    while (queue.length > 0) {
      const batch = queue.slice(0, batchSize);
      try {
        const rows = await writeBatch(batch.map(({ entry }) => entry));
        batch.forEach(({ resolve }, index) => resolve(rows[index]!));
      } catch (cause) {
        for (const { reject } of batch) reject(cause);
      }
      queue.splice(0, batch.length);
    }
  };
  // Whoever waits for a row of the last batch hears of it before `draining` ends, so no later entry can overtake it.
  const start = () => {
    draining ??= drain().finally(() => {
      draining = undefined;
      if (queue.length > 0) start();
    });
  };

  const settled = async (): Promise<void> => {
    if (!draining) return;
    await draining;
    await settled();
  };

  return {
    append(entry) {
      if (!draining && immediate?.isFree()) return immediate.write(entry);
      const waiting = { entry, ...Promise.withResolvers<Row>() };
      queue.push(waiting);
      start();
      return waiting.promise;
    },
    settled,
  };
}
