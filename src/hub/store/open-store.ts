import { Kysely, SqliteDialect } from "kysely";
import { dirname } from "node:path";
import { HubError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Runtime } from "../kernel/runtime.ts";
import { openSqlite, type Sqlite, type SqliteOptions } from "./bun-sqlite.ts";
import { migrate } from "./migrate.ts";
import { storeFailure } from "./store-failure.ts";
import { postgresStore, sqliteStore, type Store } from "./store.ts";
import type { Tables } from "./tables.ts";

export interface OpenStoreOptions {
  /** A path of a SQLite file, `:memory:`, or a `postgres://` URL. */
  readonly location: string;
  readonly runtime: Runtime;
  readonly log: Log;
  /** How long a write waits for another process. */
  readonly busyTimeoutMs?: number;
}

/** Opens the store, makes it when it is not there, and brings its schema up to date. */
export async function openStore({ location, runtime, log, busyTimeoutMs = 5_000 }: OpenStoreOptions): Promise<Store> {
  const store = /^postgres(ql)?:\/\//.test(location)
    ? await connectPostgres(location, runtime, log)
    : await openFile({ path: location, busyTimeoutMs }, runtime);
  try {
    await migrate(store, runtime.clock.now());
  } catch (cause) {
    await store.close();
    throw cause;
  }
  return store;
}

async function connectPostgres(url: string, { random }: Runtime, log: Log): Promise<Store> {
  const { openPostgres } = await import("./postgres.ts");
  return postgresStore(await openPostgres(url, log), random.id());
}

async function openFile(options: SqliteOptions, runtime: Runtime): Promise<Store> {
  if (options.path !== ":memory:") await makePrivateFile(options.path, runtime);
  const sqlite = await openWhenFree(options, runtime);
  return sqliteStore(sqlite, new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) }), runtime.random.id());
}

/** SQLite would make the file readable for everyone; its `-wal` and `-shm` files take over the mode of this one. */
async function makePrivateFile(path: string, { files }: Runtime): Promise<void> {
  try {
    await files.makeDirectory(dirname(path), 0o700);
    await files.append(path, "");
  } catch (cause) {
    throw storeFailure(cause, path);
  }
}

/** The change to WAL mode fails without waiting when another process makes it at the same moment, so it is tried again. */
async function openWhenFree(options: SqliteOptions, { clock }: Runtime): Promise<Sqlite> {
  const deadline = clock.monotonic() + options.busyTimeoutMs;
  for (;;) {
    try {
      return openSqlite(options);
    } catch (cause) {
      const isBusy = cause instanceof HubError && (cause.cause as { code?: string }).code?.startsWith("SQLITE_BUSY");
      if (!isBusy || clock.monotonic() >= deadline) throw cause;
      await clock.sleep(10);
    }
  }
}
