import { afterEach, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { z } from "zod";
import { fakeClock, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { defineEvent, type HubEvent } from "../kernel/event.ts";
import { createLog, silentLog, type LogRecord } from "../kernel/log.ts";
import { createLeases } from "../store/lease-store.ts";
import { openStore } from "../store/open-store.ts";
import { createEventBus } from "./event-bus.ts";
import { startPruning } from "./pruning.ts";

const stateChanged = defineEvent({
  version: 3,
  summary: "A server changed",
  level: "info",
  data: z.object({ id: z.string(), n: z.int().default(0) }),
});
const definitions = { servers: { stateChanged } };

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup.splice(0)) await close();
});

async function makeBus() {
  const clock = fakeClock(5_000);
  const store = await openStore({ location: ":memory:", runtime: fakeRuntime({ clock }), log: silentLog });
  cleanup.push(() => store.close());
  const records: LogRecord[] = [];
  const log = createLog({ clock, level: "debug", sinks: [(record) => records.push(record)] });
  const heard: HubEvent[] = [];
  const bus = createEventBus({ definitions, store, clock, log, hub: "one" });
  return { bus, store, clock, records, heard, hear: (event: HubEvent) => void heard.push(event) };
}

describe("publish", () => {
  test("tells at once, under the name its declaration's place gives it", async () => {
    const { bus, heard, hear } = await makeBus();
    bus.subscribe({ types: ["servers.state_changed"] }, hear);
    bus.publish(stateChanged, { id: "github" });
    expect(heard).toEqual([
      { id: 1, type: "servers.state_changed", v: 3, level: "info", at: 5_000, tenant: "default", data: { id: "github", n: 0 } },
    ]);
  });

  test("refuses data that does not fit and events nobody declared", async () => {
    const { bus, heard, hear } = await makeBus();
    bus.subscribe({}, hear);
    expect(() => bus.publish(stateChanged, { id: 1 as unknown as string })).toThrow(
      "The data of servers.state_changed does not fit its schema",
    );
    expect(() => bus.publish(defineEvent({ ...stateChanged }), { id: "x" })).toThrow("no area declares");
    expect(heard).toEqual([]);
    expect(await bus.since(0, {}, 10)).toEqual([]);
  });

  test("takes secrets out before anybody sees them", async () => {
    const { bus, heard, hear } = await makeBus();
    bus.subscribe({}, hear);
    const token = `ghp_${"a".repeat(36)}`;
    bus.publish(stateChanged, { id: `failed with ${token}` });
    expect(JSON.stringify([heard, await bus.since(0, {}, 10)])).not.toContain(token);
  });

  test("tells an event that could not be stored, and says so in the log", async () => {
    const { bus, store, heard, hear, records } = await makeBus();
    bus.subscribe({}, hear);
    bus.publish(stateChanged, { id: "a" });
    await sql`pragma query_only = 1`.execute(store.db);
    bus.publish(stateChanged, { id: "b" });
    await sql`pragma query_only = 0`.execute(store.db);
    bus.publish(stateChanged, { id: "c" });
    expect(heard.map(({ id, data }) => [id, (data as { id: string }).id])).toEqual([
      [1, "a"],
      [1, "b"],
      [2, "c"],
    ]);
    expect(records.map(({ level, message }) => `${level}: ${message}`)).toEqual(["error: an event could not be stored"]);
    expect(bus.dropped()).toEqual({ unstored: 1, overflow: 0 });
  });

  test("while a transaction of the store is open, waits for it", async () => {
    const { bus, store, heard, hear } = await makeBus();
    bus.subscribe({}, hear);
    await store.db
      .transaction()
      .execute(async (db) => {
        await sql`select 1`.execute(db);
        bus.publish(stateChanged, { id: "a" });
        expect(heard).toEqual([]);
        throw new Error("rolled back");
      })
      .catch(() => undefined);
    await bus.settled();
    expect(await bus.since(0, {}, 10)).toEqual(heard);
    expect(heard).toHaveLength(1);
  });
});

describe("subscribers", () => {
  test("hear on when one of them throws", async () => {
    const { bus, heard, hear, records } = await makeBus();
    bus.subscribe({}, () => {
      throw new Error("broken listener");
    });
    bus.subscribe({}, hear);
    bus.publish(stateChanged, { id: "a" });
    expect(heard).toHaveLength(1);
    expect(records[0]).toMatchObject({ level: "error", type: "servers.state_changed", cause: { message: "broken listener" } });
  });

  test("that publish do not put their events before those that others have yet to hear", async () => {
    const { bus, heard, hear } = await makeBus();
    bus.subscribe({}, ({ data }) => {
      if ((data as { id: string }).id === "first") bus.publish(stateChanged, { id: "second" });
    });
    bus.subscribe({}, hear);
    bus.publish(stateChanged, { id: "first" });
    expect(heard.map(({ id }) => id)).toEqual([1, 2]);
  });

  test("hear nothing once they are disposed, nor what is not theirs", async () => {
    const { bus, heard, hear } = await makeBus();
    const subscription = bus.subscribe({ types: ["servers.*"], level: "info", tenant: "t1" }, hear);
    bus.subscribe({ types: ["server"] }, hear);
    bus.subscribe({ level: "warn" }, hear);
    bus.publish(stateChanged, { id: "a" });
    expect(heard).toHaveLength(0);
    bus.publish(stateChanged, { id: "b" }, { tenant: "t1" });
    expect(heard).toHaveLength(1);
    subscription[Symbol.dispose]();
    bus.publish(stateChanged, { id: "c" }, { tenant: "t1" });
    expect(heard).toHaveLength(1);
  });
});

test("a stream that is aborted before it is read ends, and listens no more", async () => {
  const { bus } = await makeBus();
  const stream = bus.stream({ after: 0, signal: AbortSignal.abort() });
  bus.publish(stateChanged, { id: "a" });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test("old events go every five minutes, unless another hub is at it", async () => {
  const { bus, store, clock } = await makeBus();
  const leases = createLeases(store, clock);
  using _pruning = startPruning({ store, leases, clock, log: silentLog });
  bus.publish(stateChanged, { id: "old" });
  await clock.advance(7 * 24 * 3_600_000 - 60_000);
  expect(await bus.since(0, {}, 10)).toHaveLength(1);
  await leases.acquire("events.prune", "another", 500_000);
  await clock.advance(300_000);
  expect(await bus.since(0, {}, 10)).toHaveLength(1);
  await clock.advance(600_000);
  expect(await bus.since(0, {}, 10)).toHaveLength(0);
});
