import { sql, type Kysely, type Transaction } from "kysely";
import { createAppender, type Appender, type AppendWriters } from "./appender.ts";
import type { Sqlite } from "./bun-sqlite.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { Tables } from "./tables.ts";

export interface Store {
  readonly kind: "sqlite" | "postgres";
  readonly db: Kysely<Tables>;
  /** Unique to this opening of the store: what a lease is held by. */
  readonly id: string;
  /** Runs `work` in a write transaction that excludes every other one of that name, in this process and in others. */
  exclusively<T>(name: string, work: (db: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** Makes the writer of an ordered log. */
  appender<Entry, Row>(writers: AppendWriters<Entry, Row>): Appender<Entry, Row>;
  close(): Promise<void>;
}

/** Makes a store of a SQLite connection. Its transactions all take the write lock, so they exclude each other whatever their name. */
export function sqliteStore(sqlite: Sqlite, db: Kysely<Tables>, id: string): Store {
  const isFree = () => !sqlite.inTransaction;
  const transaction = sqlite.immediate;
  const group = createGroupCommit({ isFree, transaction });
  return {
    kind: "sqlite",
    db,
    id,
    exclusively: (_name, work) => db.transaction().execute(work),
    appender({ onSqlite }) {
      const write = onSqlite(sqlite);
      return createAppender({
        immediate: { isFree, write, transaction, group },
        // Kysely gives its one connection away when no transaction is open on it.
        writeBatch: (entries) => db.connection().execute(async () => transaction(() => write(entries))),
      });
    },
    close: () => db.destroy(),
  };
}

/** Makes a store of a PostgreSQL database; names become advisory locks that end with their transaction. */
export function postgresStore(db: Kysely<Tables>, id: string): Store {
  const exclusively: Store["exclusively"] = (name, work) =>
    db.transaction().execute(async (transaction) => {
      await sql`select pg_advisory_xact_lock(${lockSpace}::int, hashtext(${name}))`.execute(transaction);
      return work(transaction);
    });
  return {
    kind: "postgres",
    db,
    id,
    exclusively,
    appender: ({ name, onPostgres }) =>
      createAppender({ writeBatch: (entries) => exclusively(name, (transaction) => onPostgres(transaction, entries)) }),
    close: () => db.destroy(),
  };
}

/** Keeps our advisory locks apart from those of other programs in the same database: "hubc" as an integer. */
const lockSpace = 0x68756263;
