import type { Transaction } from "kysely";
import type { Sqlite } from "./bun-sqlite.ts";
import type { GroupCommit, GroupMember } from "./group-commit.ts";
import type { Tables } from "./tables.ts";

/** How rows of a log get into either database. */
export interface AppendWriters<Entry, Row> {
  /** Of the log: appends to one log exclude each other among all processes. */
  readonly name: string;
  /** Prepares the write of rows; it runs inside a transaction that holds SQLite's write lock. */
  readonly onSqlite: (sqlite: Sqlite) => (entries: readonly Entry[]) => readonly Row[];
  readonly onPostgres: (db: Transaction<Tables>, entries: readonly Entry[]) => Promise<readonly Row[]>;
}

export interface Appender<Entry, Row> {
  /**
   * Writes an entry behind all those given before. On SQLite it is in the store when this returns, unless a transaction of
   * this process is open or something is before it: then, and on PostgreSQL, entries wait in a queue that goes out in batches.
   * To await it inside such a transaction is a deadlock.
   */
  append(entry: Entry): Row | Promise<Row>;
  /** The same for what there is a lot of: on SQLite it shares one transaction with all that comes in this turn of the event loop. */
  appendSoon(entry: Entry): Promise<Row>;
  /** When the queue is empty. */
  settled(): Promise<void>;
}

export interface AppendWays<Entry, Row> {
  /** Undefined where rows cannot be written within one turn of the event loop. */
  readonly immediate?: {
    readonly isFree: () => boolean;
    /** Inside a transaction. */
    readonly write: (entries: readonly Entry[]) => readonly Row[];
    readonly transaction: <T>(work: () => T) => T;
    readonly group: Pick<GroupCommit, "join">;
  };
  readonly writeBatch: (entries: readonly Entry[]) => Promise<readonly Row[]>;
}

interface Waiting<Entry, Row> extends PromiseWithResolvers<Row> {
  readonly entry: Entry;
}

const batchSize = 500;

/** Makes the writer of an ordered log: at once when nothing is before the entry, else behind what is. */
export const createAppender = <Entry, Row>(ways: AppendWays<Entry, Row>): Appender<Entry, Row> => new LogAppender(ways);

class LogAppender<Entry, Row> implements Appender<Entry, Row>, GroupMember {
  readonly #queue: Waiting<Entry, Row>[] = [];
  #draining: Promise<void> | undefined;
  #isGrouped = false;

  constructor(readonly ways: AppendWays<Entry, Row>) {}

  append(entry: Entry): Row | Promise<Row> {
    const { immediate } = this.ways;
    if (this.#queue.length === 0 && !this.#draining && immediate?.isFree())
      return immediate.transaction(() => immediate.write([entry]))[0]!;
    const row = this.#enqueue(entry);
    if (!this.#isGrouped) this.#start();
    return row;
  }

  appendSoon(entry: Entry): Promise<Row> {
    const { immediate } = this.ways;
    const row = this.#enqueue(entry);
    if (this.#isGrouped || this.#draining) return row;
    if (!immediate) this.#start();
    else {
      this.#isGrouped = true;
      immediate.group.join(this);
    }
    return row;
  }

  async settled(): Promise<void> {
    if (this.#queue.length === 0 && !this.#draining) return;
    await (this.#draining ?? this.#queue.at(-1)!.promise.catch(() => undefined));
    await this.settled();
  }

  write(): () => void {
    const rows = this.ways.immediate!.write(this.#queue.map(({ entry }) => entry));
    return () => tell(this.#queue.splice(0), rows);
  }

  left(): void {
    this.#isGrouped = false;
    if (this.#queue.length > 0) this.#start();
  }

  #enqueue(entry: Entry): Promise<Row> {
    const waiting = { entry, ...Promise.withResolvers<Row>() };
    this.#queue.push(waiting);
    return waiting.promise;
  }

  /** Whoever waits for a row of the last batch hears of it before the draining ends, so no later entry can overtake it. */
  #start(): void {
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined;
      if (this.#queue.length > 0) this.#start();
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, batchSize);
      try {
        tell(batch, await this.ways.writeBatch(batch.map(({ entry }) => entry)));
      } catch (cause) {
        for (const { reject } of batch) reject(cause);
      }
      this.#queue.splice(0, batch.length);
    }
  }
}

function tell<Entry, Row>(batch: readonly Waiting<Entry, Row>[], rows: readonly Row[]): void {
  for (const [index, { resolve }] of batch.entries()) resolve(rows[index]!);
}
