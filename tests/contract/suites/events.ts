import { expect, test } from "bun:test";
import { z } from "zod";
import { defineEvent, type HubEvent } from "#hub/kernel/event.ts";
import { silentLog } from "#hub/kernel/log.ts";
import { createEventBus, type EventBus } from "#hub/event-log/event-bus.ts";
import { pruneEvents } from "#hub/event-log/event-store.ts";
import type { Store } from "#hub/store/store.ts";
import { fakeClock } from "../../support/fake-runtime.ts";
import type { OpenEmpty } from "../store-kinds.ts";

const counted = defineEvent({ version: 1, summary: "A number came", level: "info", data: z.object({ n: z.int() }) });
const wentWrong = defineEvent({ version: 2, summary: "Something broke", level: "error", data: z.object({ why: z.string() }) });
const definitions = { servers: { counted, wentWrong }, tools: { counted: defineEvent({ ...counted }) } };

const busOf = (store: Store, hub = "one", clock = fakeClock()) => createEventBus({ definitions, store, clock, log: silentLog, hub });
const numbers = (events: readonly HubEvent[]) => events.map(({ data }) => (data as { n: number }).n);

/** Publishes numbers and waits until they are in the store. */
async function count(bus: EventBus, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n++) bus.publish(counted, { n });
  await bus.settled();
}

async function take(stream: AsyncIterableIterator<HubEvent>, many: number): Promise<HubEvent[]> {
  const taken: HubEvent[] = [];
  while (taken.length < many) taken.push((await stream.next()).value as HubEvent);
  return taken;
}

export function eventsSuite(openEmpty: OpenEmpty): void {
  test("events come to subscribers and into the store in the order of publishing", async () => {
    const bus = busOf(await openEmpty());
    const heard: HubEvent[] = [];
    bus.subscribe({}, (event) => heard.push(event));
    await count(bus, 1, 50);
    bus.publish(wentWrong, { why: "disk" }, { tenant: "t1" });
    await bus.settled();
    expect(numbers(heard.slice(0, 50))).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(heard[50]).toMatchObject({ type: "servers.went_wrong", v: 2, level: "error", tenant: "t1", data: { why: "disk" } });
    expect(heard.every(({ id }, index) => index === 0 || id > heard[index - 1]!.id)).toBe(true);
    expect(await bus.since(0, {}, 100)).toEqual(heard);
  });

  test("a hub reads its own events only, narrowed by tenant, type and level", async () => {
    const store = await openEmpty();
    const [mine, theirs] = [busOf(store, "one"), busOf(store, "two")];
    theirs.publish(counted, { n: 0 });
    mine.publish(counted, { n: 1 });
    mine.publish(definitions.tools.counted, { n: 2 });
    mine.publish(counted, { n: 3 }, { tenant: "t1" });
    mine.publish(wentWrong, { why: "x" });
    await Promise.all([mine.settled(), theirs.settled()]);
    const types = async (filter: object) => (await mine.since(0, filter, 10)).map(({ type }) => type);
    expect(await types({})).toEqual(["servers.counted", "tools.counted", "servers.counted", "servers.went_wrong"]);
    expect(await types({ types: ["servers.*"] })).toEqual(["servers.counted", "servers.counted", "servers.went_wrong"]);
    expect(await types({ types: ["tools.counted", "servers.went*"] })).toEqual(["tools.counted", "servers.went_wrong"]);
    expect(await types({ types: ["servers_counted", "servers.%"] })).toEqual([]);
    expect(await types({ types: ["servers.*"], tenant: "t1" })).toEqual(["servers.counted"]);
    expect(await types({ level: "warn" })).toEqual(["servers.went_wrong"]);
    expect(numbers(await mine.since(undefined, { types: ["*.counted"] }, 2))).toEqual([2, 3]);
  });

  test("a stream replays what is stored, goes on with what comes, and repeats nothing", async () => {
    const bus = busOf(await openEmpty());
    await count(bus, 1, 5);
    const [, second] = await bus.since(0, {}, 2);
    const ending = new AbortController();
    const stream = bus.stream({ after: second!.id, signal: ending.signal });
    const first = await take(stream, 1);
    await count(bus, 6, 8);
    expect(numbers([...first, ...(await take(stream, 5))])).toEqual([3, 4, 5, 6, 7, 8]);
    const last = stream.next();
    ending.abort();
    expect(await last).toEqual({ done: true, value: undefined });
  });

  test("a stream without a beginning begins now", async () => {
    const bus = busOf(await openEmpty());
    await count(bus, 1, 5);
    const stream = bus.stream({ signal: new AbortController().signal });
    await count(bus, 6, 7);
    expect(numbers(await take(stream, 2))).toEqual([6, 7]);
    await stream.return!();
  });

  for (const after of [undefined, 0])
    test(`a reader slower than its buffer loses nothing, ${after === 0 ? "from the first event on" : "from now on"}`, async () => {
      const bus = busOf(await openEmpty());
      const stream = bus.stream({ after, signal: new AbortController().signal, buffer: 10, types: ["servers.*"] });
      await count(bus, 1, 30);
      const head = await take(stream, 7);
      await count(bus, 31, 1_200);
      const middle = await take(stream, 600);
      await count(bus, 1_201, 1_205);
      const tail = await take(stream, 598);
      expect(numbers([...head, ...middle, ...tail])).toEqual(Array.from({ length: 1_205 }, (_, index) => index + 1));
      expect(bus.dropped().overflow).toBeGreaterThan(10);
      await stream.return!();
    });

  test("what is too old or too much goes, of every hub", async () => {
    const store = await openEmpty();
    const clock = fakeClock(1_000);
    const [one, two] = [busOf(store, "one", clock), busOf(store, "two", clock)];
    await count(one, 1, 3);
    await count(two, 1, 1);
    await clock.advance(100);
    await count(one, 4, 9);
    await pruneEvents(store.db, { perHub: 100, notBefore: 1_100 });
    expect(numbers(await one.since(0, {}, 100))).toEqual([4, 5, 6, 7, 8, 9]);
    expect(await two.since(0, {}, 100)).toEqual([]);
    await pruneEvents(store.db, { perHub: 2, notBefore: 0 });
    expect(numbers(await one.since(0, {}, 100))).toEqual([8, 9]);
    await pruneEvents(store.db, { perHub: 0, notBefore: 0 });
    await count(one, 10, 10);
    const [last] = await one.since(0, {}, 100);
    expect(last!.id).toBeGreaterThan(10);
  });
}
