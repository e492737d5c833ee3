import { PGlite } from "@electric-sql/pglite";
import { afterAll, afterEach, describe } from "bun:test";
import { Kysely, PGliteDialect, sql } from "kysely";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "#hub/kernel/log.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { migrate } from "#hub/store/migrate.ts";
import { openStore } from "#hub/store/open-store.ts";
import { openPostgres } from "#hub/store/postgres.ts";
import { postgresStore, type Store } from "#hub/store/store.ts";
import type { Tables } from "#hub/store/tables.ts";

/** Opens an empty store, which is closed after the test. */
export type OpenEmpty = () => Promise<Store>;

interface StoreKind {
  readonly name: string;
  open(): Promise<Store>;
  /** After all tests of a file. */
  end?(): Promise<void>;
}

const open = (location: string) => openStore({ location, runtime: systemRuntime, log: silentLog });

/** Runs the same tests on every database; on a real PostgreSQL too when HUBCTL_TEST_POSTGRES names one that may be emptied. */
export function onEveryStore(tests: (openEmpty: OpenEmpty) => void): void {
  const server = Bun.env["HUBCTL_TEST_POSTGRES"];
  for (const kind of [sqliteFile(), sqliteMemory, pglite(), ...(server ? [postgres(server)] : [])])
    describe(kind.name, () => {
      const opened: Store[] = [];
      afterEach(async () => {
        for (const store of opened.splice(0)) await store.close();
      });
      afterAll(() => kind.end?.());
      tests(async () => {
        const store = await kind.open();
        opened.push(store);
        return store;
      });
    });
}

const sqliteMemory: StoreKind = { name: "SQLite in memory", open: () => open(":memory:") };

function sqliteFile(): StoreKind {
  const directories: string[] = [];
  return {
    name: "SQLite file",
    async open() {
      const directory = await mkdtemp(join(tmpdir(), "hubctl-store-"));
      directories.push(directory);
      return open(join(directory, "hub.db"));
    },
    async end() {
      for (const directory of directories) await rm(directory, { recursive: true });
    },
  };
}

/** One database takes a second to start, so the tests of a file share it and find it emptied. */
function pglite(): StoreKind {
  let database: PGlite | undefined;
  return {
    name: "PGlite",
    async open() {
      database ??= new PGlite();
      await database.exec("drop schema public cascade; create schema public");
      const store = postgresStore(new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: database }) }), systemRuntime.random.id());
      await migrate(store, systemRuntime.clock.now());
      return { ...store, close: async () => undefined };
    },
    end: async () => database?.close(),
  };
}

const postgres = (url: string): StoreKind => ({
  name: "PostgreSQL",
  async open() {
    const db = await openPostgres(url, silentLog);
    await sql`drop schema public cascade`.execute(db);
    await sql`create schema public`.execute(db);
    await db.destroy();
    return open(url);
  },
});
