import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { silentLog } from "../kernel/log.ts";
import { officialKey } from "./server-json.ts";
import { startSyncJob } from "./sync-job.ts";
import { syncRegistry, type SyncDeps } from "./sync.ts";
import type { KnownVersion, SyncState } from "./version-store.ts";

const signal = new AbortController().signal;
const bundledAt = "2025-12-18T00:00:00Z";
const now = Date.parse("2026-06-01T00:00:00Z");

const item = (name: string, meta: object = {}) => ({
  server: { name, version: "1.0.0", description: "" },
  _meta: {
    [officialKey]: { status: "active", publishedAt: "2026-05-01T00:00:00Z", updatedAt: "2026-05-01T00:00:00Z", isLatest: true, ...meta },
  },
});

type Answer = (url: URL) => object | string;

function registry(answer: Answer, given: Partial<SyncDeps> = {}) {
  const rows: KnownVersion[] = [];
  const asked: URL[] = [];
  const held: { state: SyncState } = { state: {} };
  const deps: SyncDeps = {
    store: {
      put: async (added) => void rows.push(...added.map(({ known }) => known)),
      state: async () => held.state,
      setState: async (next) => void (held.state = next),
    },
    fetch: async (url) => {
      asked.push(new URL(url));
      const body = answer(new URL(url));
      return new Response(typeof body === "string" ? body : JSON.stringify(body));
    },
    clock: { ...fakeClock(now), sleep: async () => undefined },
    log: silentLog,
    registry: "https://registry.example/",
    bundledAt,
    ...given,
  };
  return { deps, rows, asked, held, run: () => syncRegistry(deps, signal) };
}

test("asks for what changed since the bundle, follows the pages, and next time only for what changed since", async () => {
  const world = registry((url) =>
    url.searchParams.get("cursor") === null
      ? { servers: [item("a.b/one")], metadata: { nextCursor: "a.b/one:1.0.0" } }
      : { servers: [item("a.b/two", { status: "deleted", updatedAt: "2026-05-02T00:00:00Z" })], metadata: {} },
  );
  expect(await world.run()).toEqual({ received: 2, skipped: 0, complete: true, withdrawn: ["a.b/two@1.0.0"] });
  expect(world.asked[0]!.searchParams.get("updated_since")).toBe(bundledAt);
  expect(world.asked[0]!.pathname).toBe("/v0.1/servers");
  expect(world.asked[1]!.searchParams.get("cursor")).toBe("a.b/one:1.0.0");
  expect(world.held.state).toEqual({ since: "2026-05-01T23:55:00.000Z", at: now });
});

test("C15 pages in a circle end, and the next run begins anew", async () => {
  const world = registry((url) => ({
    servers: [item("a.b/one")],
    metadata: { nextCursor: url.searchParams.get("cursor") === "x" ? "y" : "x" },
  }));
  await expect(world.run()).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
  await world.run().catch(() => undefined);
  expect(world.held.state.cursor).toBeUndefined();
});

test("C15 a registry without end is left after so many pages, and gone on with the next time", async () => {
  let page = 0;
  const world = registry(() => ({ servers: [item("a.b/one")], metadata: { nextCursor: `page-${++page}` } }), { limits: { pages: 3 } });
  expect(await world.run()).toMatchObject({ received: 3, complete: false });
  expect(world.held.state).toMatchObject({ since: bundledAt, cursor: "page-3" });
  await world.run();
  expect(world.asked[3]!.searchParams.get("cursor")).toBe("page-3");
});

test("C15 entries that are none, or far too large, are left out; the others stay", async () => {
  const huge = item("a.b/huge");
  const world = registry(() => ({
    servers: [item("a.b/one"), { ...huge, more: "x".repeat(300_000) }, null, { server: { name: "../etc" } }, 7],
  }));
  expect(await world.run()).toMatchObject({ received: 1, skipped: 4 });
});

test("a time to come does not hide what changes until then", async () => {
  const world = registry(() => ({ servers: [item("a.b/one", { updatedAt: "2099-01-01T00:00:00Z" })] }));
  await world.run();
  expect(world.held.state.since! < "2026").toBe(true);
});

test.each([["no JSON"], ['{"servers": 3}'], ["[]"]])("an answer like %s is refused, and what was known stays", async (body) => {
  const world = registry(() => body);
  await expect(world.run()).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
});

test("a registry that is down is asked again where it was left", async () => {
  const world = registry(() => ({}), { fetch: async () => new Response("", { status: 503 }) });
  world.held.state = { since: "2026-01-01T00:00:00Z", cursor: "c" };
  await world.run().catch((cause: { code: string }) => expect(cause.code).toBe("UPSTREAM_UNAVAILABLE"));
  expect(world.held.state).toMatchObject({ since: "2026-01-01T00:00:00Z", cursor: "c" });
});

test("what a registry says in our own name is not believed", async () => {
  const world = registry(() => ({
    servers: [{ ...item("a.b/one"), _meta: { "dev.hubctl/listing": { source: "mcpm", author: "Anthropic" } } }],
  }));
  await world.run();
  expect(world.rows[0]!.listing).toMatchObject({ source: "official", publisher: "b.a" });
});

test("in the background: not at the start, then as often as said, and a failure is no end", async () => {
  const clock = fakeClock(now);
  let runs = 0;
  let last: number | undefined;
  const warned: string[] = [];
  {
    using _job = startSyncJob({
      clock,
      log: { ...silentLog, warn: (message) => void warned.push(message) },
      run: async () => {
        runs++;
        last = clock.now();
        if (runs === 1) throw new Error("offline");
      },
      lastRun: async () => last,
      intervalMs: 3_600_000,
    });
    await clock.advance(1_000);
    expect(runs).toBe(0);
    await clock.advance(60_000);
    expect(runs).toBe(1);
    await clock.advance(2 * 3_600_000);
    expect(runs).toBeGreaterThanOrEqual(2);
    expect(warned).toHaveLength(1);
  }
  const before = runs;
  await clock.advance(10 * 3_600_000);
  expect(runs).toBe(before);
});
