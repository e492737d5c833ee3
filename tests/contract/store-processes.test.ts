import { afterEach, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAudit } from "#hub/audit/audit.ts";
import { readEvents } from "#hub/event-log/event-store.ts";
import { silentLog } from "#hub/kernel/log.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { migrations } from "#hub/store/migrations/all.ts";
import { openStore } from "#hub/store/open-store.ts";
import { createKeySource } from "#hub/vault/keys.ts";
import { createVault } from "#hub/vault/vault.ts";
import { pathsOf } from "#hub/kernel/paths.ts";

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

/** A place for a store and a data directory. */
async function newPlace() {
  const directory = await mkdtemp(join(tmpdir(), "hubctl-processes-"));
  directories.push(directory);
  return { location: join(directory, "store", "hub.db"), env: { PATH: Bun.env["PATH"]!, HOME: directory } };
}

/** A hub in a process of its own. */
function startWorker({ location, env }: Awaited<ReturnType<typeof newPlace>>, name: string, rows: number) {
  const argv = [Bun.which("bun")!, join(import.meta.dir, "store-worker.ts"), location, name, String(rows)];
  return Bun.spawn(argv, { env, stdout: "pipe", stderr: "pipe" });
}

/** Starts hubs at one moment, and waits until they are through. */
async function runTogether(names: readonly string[], rows: number) {
  const place = await newPlace();
  const workers = names.map((name) => startWorker(place, name, rows));
  const ends = await Promise.all(workers.map(async (worker) => ({ code: await worker.exited, said: await worker.stderr.text() })));
  expect(ends).toEqual(names.map(() => ({ code: 0, said: "" })));
  return place;
}

test("four processes that start on one new file agree on schema and key, and write one chain and one log", async () => {
  const names = ["a", "b", "c", "d"];
  const { location, env } = await runTogether(names, 300);
  const store = await openStore({ location, runtime: systemRuntime, log: silentLog });
  try {
    expect(await store.db.selectFrom("migrations").select("name").execute()).toEqual(Object.keys(migrations).map((name) => ({ name })));

    const runtime = { ...systemRuntime, env };
    const vault = await createVault({ store, keys: createKeySource(runtime, pathsOf(runtime)), runtime, log: silentLog });
    for (const name of names) expect(await vault.get("default", name)).toBe(`secret of ${name}`);

    const audit = createAudit({ store, clock: systemRuntime.clock, log: silentLog });
    expect(await audit.verify()).toEqual({ ok: true, rows: 1_200 });
    for (const name of names) {
      const targets = (await audit.list({ tenant: "default", principal: name, limit: 1_000 })).map(({ target }) => Number(target));
      expect(targets).toEqual(Array.from({ length: 300 }, (_, index) => 300 - index));
    }

    const events = await readEvents(store.db, { hub: "all", filter: {}, after: 0, limit: 2_000 });
    expect(new Set(events.map(({ id }) => id)).size).toBe(1_200);
  } finally {
    await store.close();
  }
  expect(await readdir(join(location, ".."))).toEqual(["hub.db"]);
});

test("a hub that is killed while it writes leaves a chain and a log that are whole", async () => {
  const place = await newPlace();
  const worker = startWorker(place, "killed", 10_000_000);
  for await (const _ of worker.stdout) break;
  worker.kill("SIGKILL");
  await worker.exited;
  const store = await openStore({ location: place.location, runtime: systemRuntime, log: silentLog });
  const verification = await createAudit({ store, clock: systemRuntime.clock, log: silentLog }).verify();
  const [last] = await readEvents(store.db, { hub: "all", filter: {}, limit: 1 });
  await store.close();
  expect(verification).toMatchObject({ ok: true });
  expect(verification.rows).toBeGreaterThanOrEqual(50);
  expect(verification.rows - (last!.data as { n: number }).n).toBeWithin(0, 2);
});
