import { describe, expect, test } from "bun:test";
import { HubError } from "#hub/kernel/errors.ts";
import type { HubEvent } from "#hub/kernel/event.ts";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { FixtureHub } from "../../../tests/support/tui-fixture-hub.ts";
import { EventFeed } from "./event-feed.ts";
import { HubPulse } from "./hub-pulse.ts";
import { QueryCache } from "./query-cache.ts";
import { Ring } from "./ring.ts";

const steady = { float: () => 0.5 };

function open(options: { moreServers?: number } = {}) {
  const clock = fakeClock();
  const hub = new FixtureHub({ clock, ...options });
  const cache = new QueryCache(hub, clock);
  const feed = new EventFeed({ connection: hub, clock });
  feed.onEvent((event) => cache.accept(event));
  void feed.run();
  const asked = (name: string) => hub.calls.filter((call) => call.name === name).length;
  return { clock, hub, cache, feed, asked };
}

describe("QueryCache", () => {
  test("asks once for what many look at, and page by page for what is long", async () => {
    const { clock, cache, asked } = open({ moreServers: 1500 });
    cache.watch("servers.list", {}, () => undefined);
    cache.watch("servers.list", {}, () => undefined);
    await clock.advance(10);
    expect(cache.read("servers.list", {}).data?.items).toHaveLength(1516);
    expect(asked("servers.list")).toBe(2);
  });

  test("shows a new state at once and asks for the rest a moment later", async () => {
    const { clock, hub, cache, asked } = open();
    cache.watch("servers.list", {}, () => undefined);
    await clock.advance(10);
    hub.change("slack", "failed", "lost");
    await clock.advance(1);
    expect(cache.read("servers.list", {}).data?.items.find(({ name }) => name === "slack")).toMatchObject({
      state: "failed",
      error: "lost",
    });
    expect(asked("servers.list")).toBe(1);
    await clock.advance(1100);
    expect(asked("servers.list")).toBe(2);
  });

  test("a storm of events asks at most once a second", async () => {
    const { clock, hub, cache, asked } = open();
    cache.watch("servers.list", {}, () => undefined);
    for (let i = 0; i < 300; i++) {
      hub.change("slack", i % 2 ? "ready" : "degraded");
      await clock.advance(10);
    }
    expect(asked("servers.list")).toBeLessThanOrEqual(5);
  });

  test("calls outdate no list, and what nobody looks at is not asked for", async () => {
    const { clock, hub, cache, asked } = open();
    cache.watch("tools.list", {}, () => undefined)();
    await clock.advance(10);
    hub.emit("catalog.called", "info", { target: "a.b", ms: 1, outcome: "OK" });
    hub.emit("catalog.changed", "info", {});
    await clock.advance(2000);
    expect(asked("tools.list")).toBe(1);
  });

  test("keeps what it had when the hub stops answering", async () => {
    const { clock, hub, cache } = open();
    cache.watch("servers.list", {}, () => undefined);
    await clock.advance(10);
    hub.goDown();
    cache.refetch();
    await clock.advance(10);
    const query = cache.read("servers.list", {});
    expect(query.error?.code).toBe("UNAVAILABLE");
    expect(query.data?.items).toHaveLength(16);
  });
});

describe("EventFeed", () => {
  test("resumes where it was cut off, without gap or repetition", async () => {
    const { clock, hub, feed } = open();
    await clock.advance(1);
    hub.emit("a.b", "info", { n: 1 });
    await clock.advance(1);
    hub.goDown();
    hub.emit("a.b", "info", { n: 2 });
    await clock.advance(3000);
    hub.isDown = false;
    hub.emit("a.b", "info", { n: 3 });
    await clock.advance(12_000);
    const ids = Array.from({ length: feed.ring.size }, (_, i) => feed.ring.at(i)).map((item) =>
      item?.kind === "event" ? item.event.id : item?.kind,
    );
    expect(ids).toEqual([1, 2, 3]);
  });

  test("marks what the hub could no longer replay", async () => {
    const clock = fakeClock();
    const event = (id: number): HubEvent => ({ id, type: "a.b", v: 1, level: "info", at: 0, tenant: "default", data: {} });
    let connections = 0;
    const feed = new EventFeed({
      clock,
      connection: {
        where: "socket",
        invoke: () => Promise.reject(new HubError("UNAVAILABLE", "")),
        async *events() {
          connections++;
          yield event(connections === 1 ? 1 : 7);
        },
      },
    });
    void feed.run();
    await clock.advance(1000);
    feed.stop();
    expect([feed.ring.at(0), feed.ring.at(1), feed.ring.at(2)]).toEqual([
      { kind: "event", event: event(1) },
      { kind: "gap", missing: 5 },
      { kind: "event", event: event(7) },
    ]);
  });
});

test("HubPulse notices the hub going and coming, and asks less often the longer it is away", async () => {
  const clock = fakeClock();
  const hub = new FixtureHub({ clock });
  const pulse = new HubPulse({ connection: hub, clock, random: steady });
  void pulse.run();
  await clock.advance(10);
  expect(pulse.state).toEqual({ is: "live" });
  hub.goDown();
  await clock.advance(3000);
  expect(pulse.state).toMatchObject({ is: "stale", attempt: 1 });
  await clock.advance(10_000);
  expect(pulse.state).toMatchObject({ is: "stale", attempt: 5 });
  hub.isDown = false;
  pulse.retryNow();
  await clock.advance(10);
  expect(pulse.state).toEqual({ is: "live" });
  pulse.stop();
});

test("Ring keeps the newest and says where it starts", () => {
  const ring = new Ring<number>(3);
  for (let i = 0; i < 5; i++) ring.push(i);
  expect([ring.start, ring.end, ring.at(1), ring.at(2), ring.at(4), ring.at(5)]).toEqual([2, 5, undefined, 2, 4, undefined]);
});
