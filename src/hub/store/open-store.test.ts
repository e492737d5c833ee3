import { afterEach, expect, test } from "bun:test";
import { sql, type Kysely } from "kysely";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HubError } from "../kernel/errors.ts";
import { silentLog } from "../kernel/log.ts";
import { systemRuntime } from "../kernel/system-runtime.ts";
import { openSqlite } from "./bun-sqlite.ts";
import { openStore } from "./open-store.ts";
import type { Tables } from "./tables.ts";

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "hubctl-open-"));
  directories.push(directory);
  return directory;
}

const open = (location: string) => openStore({ location, runtime: systemRuntime, log: silentLog, busyTimeoutMs: 30 });

async function failureOf(attempt: Promise<unknown>): Promise<HubError> {
  const cause = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(cause).toBeInstanceOf(HubError);
  return cause as HubError;
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test("the file and what lies beside it are for their owner alone", async () => {
  const directory = join(await temporary(), "data", "hubctl");
  const path = join(directory, "hub.db");
  const store = await open(path);
  await store.db.insertInto("settings").values({ tenant_id: "default", key: "k", value_json: "1" }).execute();
  expect(await modeOf(directory)).toBe("700");
  for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(await modeOf(file)).toBe("600");
  await store.close();
});

test("the connection is in WAL mode, waits, and checks references", async () => {
  const store = await open(join(await temporary(), "hub.db"));
  const pragma = async (name: string) => Object.values((await sql.raw<object>(`pragma ${name}`).execute(store.db)).rows[0]!)[0] as unknown;
  expect(await pragma("journal_mode")).toBe("wal");
  expect(await pragma("synchronous")).toBe(1);
  expect(await pragma("foreign_keys")).toBe(1);
  expect(await pragma("busy_timeout")).toBe(30);
  await store.close();
});

test("what one opening wrote, the next one reads", async () => {
  const path = join(await temporary(), "hub.db");
  const first = await open(path);
  await first.db.insertInto("settings").values({ tenant_id: "default", key: "k", value_json: "1" }).execute();
  await first.close();
  const second = await open(path);
  expect(await second.db.selectFrom("settings").select("value_json").where("key", "=", "k").execute()).toEqual([{ value_json: "1" }]);
  expect(second.id).not.toBe(first.id);
  await second.close();
});

test("a file that is no database is named and left as it was", async () => {
  const path = join(await temporary(), "hub.db");
  await writeFile(path, "shopping list\n".repeat(500));
  const failure = await failureOf(open(path));
  expect(failure.message).toBe(`The store ${path} cannot be read: it is damaged, or no SQLite database`);
  expect(failure.hint).toContain(path);
  expect(await Bun.file(path).text()).toStartWith("shopping list");
});

test("a directory in the place of the file, and a file in the place of the directory, are named", async () => {
  const directory = await temporary();
  expect((await failureOf(open(directory))).message).toBe(`The store ${directory} cannot be opened`);
  await writeFile(join(directory, "file"), "");
  const below = join(directory, "file", "hub.db");
  expect((await failureOf(open(below))).hint).toContain(below);
});

test("a file that another process holds is said to be locked", async () => {
  const path = join(await temporary(), "hub.db");
  await (await open(path)).close();
  const holder = openSqlite({ path, busyTimeoutMs: 0 });
  holder.prepare("begin").run([]);
  const failure = await failureOf(open(path));
  expect(failure.code).toBe("UNAVAILABLE");
  expect(failure.message).toContain(`${path} is locked`);
  holder.prepare("rollback").run([]);
  await (await open(path)).close();
  holder.close();
});

test("a full disk and a read-only file are named by the query that meets them, and the store works on after", async () => {
  const path = join(await temporary(), "hub.db");
  const store = await open(path);
  const write = (key: string, db: Kysely<Tables> = store.db) =>
    db
      .insertInto("settings")
      .values({ tenant_id: "default", key, value_json: "x".repeat(100_000) })
      .execute();
  const pragma = (text: string) => sql.raw(`pragma ${text}`).execute(store.db);

  await pragma("max_page_count = 30");
  expect((await failureOf(write("a"))).message).toBe(`The store ${path} cannot grow: the disk is full`);
  expect((await failureOf(store.exclusively("test", (db) => write("a", db)))).code).toBe("UNAVAILABLE");
  await pragma("max_page_count = 1000000");
  await pragma("query_only = 1");
  expect((await failureOf(write("b"))).message).toBe(`The store ${path} is read-only`);
  await pragma("query_only = 0");
  await write("c");
  await store.close();
});

test("other errors of the database pass as they are", async () => {
  const store = await open(":memory:");
  const add = () => store.db.insertInto("tenants").values({ id: "default", name: "x", created_at: 1 }).execute();
  expect(await add().catch((cause: unknown) => cause)).toMatchObject({ code: "SQLITE_CONSTRAINT_PRIMARYKEY" });
  await store.close();
});

test("a PostgreSQL that does not answer is named without its password", async () => {
  const failure = await failureOf(open("postgres://ana:hunter2@127.0.0.1:1/hub"));
  expect(failure.code).toBe("UNAVAILABLE");
  expect(failure.message).toContain("127.0.0.1:1/hub");
  expect(JSON.stringify(failure)).not.toContain("hunter2");
});
