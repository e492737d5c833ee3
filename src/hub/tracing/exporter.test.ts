import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { createLog, type LogRecord } from "../kernel/log.ts";
import { createExporter } from "./exporter.ts";
import type { FinishedSpan } from "./span.ts";

const span = (n: number): FinishedSpan => ({
  context: { traceId: "a".repeat(32), spanId: n.toString(16).padStart(16, "0"), isSampled: true },
  name: `s${n}`,
  kind: "internal",
  from: 0,
  to: 1,
  attributes: {},
  links: [],
});

function exporterTo(answer: (request: number) => Response | Promise<Response>) {
  const batches: string[][] = [];
  const headers: unknown[] = [];
  const logged: LogRecord[] = [];
  const clock = fakeClock();
  const exporter = createExporter({
    clock,
    log: createLog({ clock, level: "debug", sinks: [(record) => void logged.push(record)] }),
    async post(url, init) {
      expect(url).toBe("http://collector/v1/traces");
      headers.push(init.headers);
      const body = JSON.parse(init.body as string);
      batches.push(body.resourceSpans[0].scopeSpans[0].spans.map(({ name }: { name: string }) => name));
      init.signal?.throwIfAborted();
      return Promise.race([
        answer(batches.length),
        new Promise<never>((_, reject) => init.signal!.addEventListener("abort", () => reject(init.signal!.reason as Error))),
      ]);
    },
    settings: { url: "http://collector/v1/traces", headers: { "api-key": "k" } },
    origin: { resource: {}, version: "1" },
  });
  const add = (count: number) => {
    for (let n = 0; n < count; n++) exporter.add(span(n));
  };
  return { exporter, add, clock, batches, logged, headers };
}

const taken = () => Response.json({});

test("spans are sent in batches: when there are many, now and then, and at the end", async () => {
  const { exporter, add, clock, batches, headers } = exporterTo(taken);
  add(3);
  await clock.advance(4_999);
  expect(batches).toEqual([]);
  await clock.advance(1);
  expect(batches).toEqual([["s0", "s1", "s2"]]);
  expect(headers[0]).toEqual({ "api-key": "k", "content-type": "application/json" });
  add(600);
  await clock.advance(0);
  expect(batches.map(({ length }) => length)).toEqual([3, 512, 88]);
  add(1);
  await exporter[Symbol.asyncDispose]();
  expect(exporter.counts()).toEqual({ sent: 604, dropped: 0 });
});

test("a collector that is down is asked ever more seldom, once logged, and loses nothing that there is room for", async () => {
  let isUp = false;
  const { exporter, add, clock, batches, logged } = exporterTo(() => (isUp ? taken() : new Response("", { status: 503 })));
  add(5_000);
  await clock.advance(60_000);
  expect(batches.length).toBeWithin(3, 6);
  expect(logged).toHaveLength(1);
  expect(exporter.counts()).toEqual({ sent: 0, dropped: 5_000 - 2_048 });
  isUp = true;
  await clock.advance(120_000);
  expect(exporter.counts()).toEqual({ sent: 2_048, dropped: 5_000 - 2_048 });
});

test("what can never be taken is given up, and the next batch tried", async () => {
  const { exporter, add, clock, logged } = exporterTo((request) => (request === 1 ? new Response("", { status: 400 }) : taken()));
  add(2);
  await clock.advance(5_000);
  add(1);
  await clock.advance(5_000);
  expect(exporter.counts()).toEqual({ sent: 1, dropped: 2 });
  expect(logged.map(({ why }) => why)).toEqual(["HTTP 400"]);
});

test("Retry-After is heeded", async () => {
  const { add, clock, batches } = exporterTo(() => new Response("", { status: 429, headers: { "retry-after": "30" } }));
  add(1);
  await clock.advance(34_000);
  expect(batches).toHaveLength(1);
  await clock.advance(6_000);
  expect(batches).toHaveLength(2);
});

test("a part that is not taken is counted", async () => {
  const { exporter, add } = exporterTo(() => Response.json({ partialSuccess: { rejectedSpans: "2", errorMessage: "too old" } }));
  add(5);
  await exporter[Symbol.asyncDispose]();
  expect(exporter.counts()).toEqual({ sent: 3, dropped: 2 });
});

test("a failure of the network reaches nobody, and a hub that stops does not wait for a silent collector", async () => {
  const broken = exporterTo(() => Promise.reject(new Error("refused")));
  broken.add(1);
  await broken.exporter[Symbol.asyncDispose]();
  expect(broken.exporter.counts()).toEqual({ sent: 0, dropped: 1 });

  const silent = exporterTo(() => new Promise<never>(() => undefined));
  silent.add(2);
  const stopped = silent.exporter[Symbol.asyncDispose]();
  await silent.clock.advance(3_000);
  await stopped;
  expect(silent.exporter.counts()).toEqual({ sent: 0, dropped: 2 });
});
