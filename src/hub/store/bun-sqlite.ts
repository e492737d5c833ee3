import { Database, type SQLQueryBindings, type Statement as Prepared } from "bun:sqlite";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { createStatementCache } from "./statement-cache.ts";
import { storeFailure } from "./store-failure.ts";

/** A SQLite connection: what Kysely needs of it, and prepared statements that run at once. */
export interface Sqlite extends SqliteDatabase {
  /** True while a transaction of Kysely is open between two turns of the event loop. */
  readonly inTransaction: boolean;
  statement<Row>(sql: string): Statement<Row>;
  /** Runs `work` in a transaction that takes the write lock first, so what it reads cannot change under it. */
  immediate<T>(work: () => T): T;
}

export interface Statement<Row> {
  get(...parameters: SQLQueryBindings[]): Row | undefined;
  /** The rowid of the row it inserted. */
  run(...parameters: SQLQueryBindings[]): number;
}

export interface SqliteOptions {
  readonly path: string;
  readonly busyTimeoutMs: number;
}

type Guard = <T>(work: () => T) => T;

/** How many of Kysely's statements stay prepared: a hub asks fewer different questions, but for lists of any length. */
const recentStatements = 200;

/** Opens a SQLite file in WAL mode; failures of the file come out as HubErrors that name it. */
export function openSqlite({ path, busyTimeoutMs }: SqliteOptions): Sqlite {
  const guard: Guard = (work) => {
    try {
      return work();
    } catch (cause) {
      throw storeFailure(cause, path);
    }
  };
  const db = guard(() => connect(path, busyTimeoutMs));
  const cache = createStatementCache((sql) => guard(() => db.prepare<unknown, SQLQueryBindings[]>(sql)), recentStatements);
  const [begin, commit, rollback] = [cache.keep("begin immediate"), cache.keep("commit"), cache.keep("rollback")];

  return {
    get inTransaction() {
      return db.inTransaction;
    },
    statement<Row>(sql: string) {
      const prepared = cache.keep(sql);
      return {
        get: (...parameters) => guard(() => (prepared.get(...parameters) as Row | null) ?? undefined),
        run: (...parameters) => guard(() => Number(prepared.run(...parameters).lastInsertRowid)),
      };
    },
    immediate: (work) =>
      guard(() => {
        begin.run();
        try {
          const result = work();
          commit.run();
          return result;
        } catch (cause) {
          if (db.inTransaction) rollback.run();
          throw cause;
        }
      }),
    prepare(sql) {
      // A full disk makes SQLite roll back by itself (https://sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction);
      // Kysely's `rollback` would then fail and hide why.
      if (sql === "rollback" && !db.inTransaction) return nothing;
      // Kysely begins with a bare `begin`. In WAL mode such a transaction fails at its first write, without waiting, when another
      // process wrote since its first read (https://sqlite.org/isolation.html), so every transaction takes the lock first.
      return kyselyStatement(cache.recent(sql === "begin" ? "begin immediate" : sql), guard);
    },
    close() {
      // With a statement left, SQLite keeps the file open and the log beside it (https://sqlite.org/c3ref/close.html).
      cache.finalizeAll();
      db.close();
    },
  };
}

function connect(path: string, busyTimeoutMs: number): Database {
  const db = new Database(path, { create: true, strict: true });
  try {
    db.run(`pragma busy_timeout = ${busyTimeoutMs}`);
    db.run("pragma journal_mode = wal");
    db.run("pragma synchronous = normal");
    db.run("pragma foreign_keys = on");
    return db;
  } catch (cause) {
    db.close();
    throw cause;
  }
}

function kyselyStatement(prepared: Prepared<unknown, SQLQueryBindings[]>, guard: Guard): SqliteStatement {
  const bound = (parameters: readonly unknown[]) => parameters as SQLQueryBindings[];
  return {
    reader: prepared.columnNames.length > 0,
    all: (parameters) => guard(() => prepared.all(...bound(parameters))),
    run: (parameters) => guard(() => prepared.run(...bound(parameters))),
    iterate: (parameters) => prepared.iterate(...bound(parameters)),
  };
}

const nothing: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};
