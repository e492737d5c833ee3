import { describe, expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { HubError } from "../kernel/errors.ts";
import type { HubEvent } from "../kernel/event.ts";
import { silentLog } from "../kernel/log.ts";
import { localOwner } from "../kernel/principal.ts";
import { systemRuntime } from "../kernel/system-runtime.ts";
import type { Middleware } from "./compose.ts";
import { eventStreamRoute, type EventFeed, type EventStreamOptions, type FeedOptions } from "./event-stream.ts";
import { remoteEvents, type RemoteEventsOptions } from "./remote-events.ts";
import { createRoutes } from "./routes.ts";
import { readSse } from "./sse-parse.ts";
import { guarded, testGateway } from "../../../tests/support/test-gateway.ts";

const eventOf = (id: number): HubEvent => ({ id, type: "servers.changed", v: 1, level: "info", at: id, tenant: "default", data: { id } });

/** Events 1 to `last`, then nothing; remembers who asked for what. */
function feed(last: number) {
  const asked: FeedOptions[] = [];
  const events = Array.from({ length: last }, (_, at) => eventOf(at + 1));
  let news = Promise.withResolvers<void>();
  const wake = () => {
    news.resolve();
    news = Promise.withResolvers();
  };
  const source: EventFeed = {
    async *stream(options) {
      asked.push(options);
      options.signal.addEventListener("abort", wake);
      for (let at = options.after ?? events.length; !options.signal.aborted;) {
        const event = events[at];
        if (event) yield (at++, event);
        else await news.promise;
      }
    },
  };
  return { source, asked };
}

interface Given extends Partial<EventStreamOptions> {
  readonly port?: number;
  readonly layer?: Middleware;
}

function serve(events: EventFeed, { port = 0, layer = (next) => next, ...given }: Given = {}) {
  const route = eventStreamRoute({
    events,
    authenticate: () => localOwner,
    guard: { operation: () => undefined },
    clock: fakeClock(),
    log: silentLog,
    ...given,
  });
  return testGateway(guarded(layer(createRoutes([route]))), { port });
}

const path = "/api/v2/events/stream";

async function take<T>(events: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
}

describe("eventStreamRoute", () => {
  test("sends events in the standard's form", async () => {
    const { source, asked } = feed(3);
    await using hub = await serve(source);
    const response = await hub.fetch(`${path}?after=1&types=servers.*,catalog.changed`);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await take(readSse(response.body!), 2)).toEqual(
      [2, 3].map((id) => ({ id: String(id), event: "servers.changed", data: JSON.stringify(eventOf(id)) })),
    );
    expect(asked[0]).toMatchObject({ after: 1, types: ["servers.*", "catalog.changed"], tenant: "default" });
  });

  test("Last-Event-ID wins over ?after", async () => {
    const { source, asked } = feed(0);
    await using hub = await serve(source);
    await hub.fetch(`${path}?after=1`, { headers: { "last-event-id": "7" } });
    expect(asked[0]!.after).toBe(7);
  });

  test.each(["after=x", "after=-1", "after=1e3", "types=a.b.c", "types=%0a", `types=${"a,".repeat(40)}`])(
    "%s is refused",
    async (query) => {
      await using hub = await serve(feed(0).source);
      expect((await hub.fetch(`${path}?${query}`)).status).toBe(400);
    },
  );

  test("whom the policy refuses gets 403 and no stream", async () => {
    const { source, asked } = feed(3);
    const guard = {
      operation: (_: unknown, { scope }: { scope: string }) => {
        throw new HubError("FORBIDDEN", `${scope} is missing`);
      },
    };
    await using hub = await serve(source, { guard });
    expect([(await hub.fetch(path)).status, asked]).toEqual([403, []]);
  });

  test("the feed is let go when the caller leaves, and when the hub stops", async () => {
    const { source, asked } = feed(0);
    const hub = await serve(source);
    const leave = new AbortController();
    await hub.fetch(path, { signal: leave.signal });
    const left = Promise.withResolvers<void>();
    asked[0]!.signal.addEventListener("abort", () => left.resolve());
    leave.abort();
    await left.promise;
    const stream = await hub.fetch(path);
    await hub.stop({ deadlineMs: 3_600_000 });
    expect(await Array.fromAsync(readSse(stream.body!))).toEqual([]);
    expect(asked[1]!.signal.aborted).toBe(true);
  });

  test("who does not read is not read for: the feed waits", async () => {
    let yielded = 0;
    const source: EventFeed = {
      async *stream({ signal }) {
        for (; !signal.aborted && yielded < 100_000; yielded++) yield { ...eventOf(yielded), data: "x".repeat(10_000) };
      },
    };
    await using hub = await serve(source);
    const response = await hub.fetch(path);
    const reader = response.body!.getReader();
    await reader.read();
    let seen = -1;
    while (seen !== yielded) {
      seen = yielded;
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    }
    expect(yielded).toBeLessThan(5000);
    await reader.cancel();
  });

  test("a quiet stream is kept alive by comments", async () => {
    const clock = fakeClock();
    await using hub = await serve(feed(0).source, { clock });
    const response = await hub.fetch(path);
    const reader = response.body!.getReader();
    await reader.read();
    await clock.advance(10_000);
    expect(new TextDecoder().decode((await reader.read()).value)).toBe(": heartbeat\n\n");
    await reader.cancel();
  });
});

describe("remoteEvents", () => {
  /** Pauses between connections pass at once; all other time stands still. */
  const follow = (base: string, given: Partial<RemoteEventsOptions> = {}) => {
    const pauses: number[] = [];
    const clock = { ...fakeClock(), sleep: async (ms: number) => void pauses.push(ms) };
    const stop = new AbortController();
    return { clock, stop, pauses, events: remoteEvents({ base, fetch: systemRuntime.fetch, signal: stop.signal, clock, ...given }) };
  };

  test("reconnects behind the last event, without gap or repetition", async () => {
    const { source, asked } = feed(6);
    let cuts = 0;
    const cut: Middleware = (next) => async (request, exchange) => {
      const response = await next(request, exchange);
      if (cuts++ > 1) return response;
      const events = await take(readSse(response.body!), 2);
      return new Response(
        events.map(({ id, event, data }) => `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`).join("") + "id: 99\ndata: {",
        { headers: response.headers },
      );
    };
    await using hub = await serve(source, { layer: cut });
    const { events, pauses } = follow(hub.url, { after: 0 });
    expect((await take(events, 6)).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
    expect([asked.map(({ after }) => after), pauses]).toEqual([
      [0, 2, 4],
      [250, 250],
    ]);
  });

  test("waits for a hub that is away and goes on when it is back", async () => {
    const { source, asked } = feed(1);
    const first = await serve(source);
    const { events, pauses } = follow(first.url, { after: 0 });
    expect((await events.next()).value).toEqual(eventOf(1));
    const next = events.next();
    await first.stop({ deadlineMs: 0 });
    const isAway = () => pauses.length > 8;
    while (!isAway()) await new Promise(setImmediate);
    const second = feed(2);
    await using _ = await serve(second.source, { port: first.port });
    expect((await next).value).toEqual(eventOf(2));
    expect([asked.length, second.asked[0]!.after, pauses.slice(0, 8)]).toEqual([1, 1, [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]]);
    await events.return(undefined);
  });

  test("a connection that falls silent is given up", async () => {
    let connections = 0;
    const muted = Promise.withResolvers<void>();
    const mute: Middleware = (next) => (request, exchange) => {
      if (connections++ > 0) return next(request, exchange);
      muted.resolve();
      return new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(": open\n\n")) }));
    };
    await using hub = await serve(feed(1).source, { layer: mute });
    const { clock, events } = follow(hub.url, { after: 0 });
    const next = events.next();
    await muted.promise;
    await clock.advance(30_000);
    expect((await next).value).toEqual(eventOf(1));
    await events.return(undefined);
  });

  test("an answer that trying again cannot change is thrown", async () => {
    const guard = {
      operation: () => {
        throw new HubError("FORBIDDEN", "events:read is missing");
      },
    };
    await using hub = await serve(feed(0).source, { guard });
    const { events } = follow(hub.url);
    expect(await events.next().catch((error: HubError) => error.code)).toBe("FORBIDDEN");
  });

  test("ends when the signal aborts, also in the middle of waiting", async () => {
    await using hub = await serve(feed(0).source);
    const connected = follow(hub.url);
    const waiting = connected.events.next();
    connected.stop.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    const away = follow("http://127.0.0.1:1");
    const sleeping = away.events.next();
    const isAway = () => away.pauses.length > 0;
    while (!isAway()) await new Promise(setImmediate);
    away.stop.abort();
    expect((await sleeping).done).toBe(true);
  });
});
