import { expect, test } from "bun:test";
import { fakeClock, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { HubError } from "../kernel/errors.ts";
import type { CallTracing, Result, TracedCall } from "../catalog/call.ts";
import { createCallTracing } from "./call-tracing.ts";
import { otlpJson } from "./otlp-json.ts";
import { samplerOf } from "./sampler.ts";
import type { FinishedSpan } from "./span.ts";
import { traceparentOf } from "./trace-context.ts";
import { createTracer } from "./tracer.ts";

function traced(sampler = "parentbased_always_on") {
  const spans: FinishedSpan[] = [];
  const clock = fakeClock(1_000_000);
  const { random } = fakeRuntime();
  const tracer = createTracer({ clock, random, sampler: samplerOf(sampler)!, ended: (span) => void spans.push(span) });
  return { tracer, clock, spans, calls: createCallTracing(tracer) };
}

const remote = { traceId: "a".repeat(32), spanId: "b".repeat(16), isSampled: true, state: "x=1" };
const call = (given: Partial<TracedCall> = {}): TracedCall => ({
  kind: "tool",
  method: "tools/call",
  target: "slack.post",
  source: { id: "slack", kind: "server" },
  door: "mcp",
  meta: undefined,
  ...given,
});
const ok = async () => ({ content: [] });

/** A whole call; answers what reached its server. */
async function run(calls: CallTracing, about: TracedCall, params: Result = { name: "post" }): Promise<Result> {
  let sent: Result = {};
  await calls.call(about, () =>
    calls.request(about, params, async (given) => {
      sent = given;
      return ok();
    }),
  );
  return sent;
}

test("a span is inside the one around it, and time in a trace has one zero", async () => {
  const { tracer, clock, spans } = traced();
  await tracer.run({ name: "outer", kind: "server" }, async (outer) => {
    await clock.advance(5);
    await Promise.all([
      tracer.run({ name: "one", kind: "internal" }, async () => clock.advance(10)),
      tracer.run({ name: "two", kind: "internal" }, async (two) => expect(tracer.current()).toBe(two)),
    ]);
    expect(tracer.current()).toBe(outer);
  });
  expect(tracer.current()).toBeUndefined();
  const [two, one, outer] = ["two", "one", "outer"].map((name) => spans.find((span) => span.name === name)!);
  expect([one!.parentId, two!.parentId, outer!.parentId]).toEqual([outer!.context.spanId, outer!.context.spanId, undefined]);
  expect(new Set(spans.map(({ context }) => context.traceId)).size).toBe(1);
  expect(new Set(spans.map(({ context }) => context.spanId)).size).toBe(3);
  expect([outer!.from, one!.from, one!.to]).toEqual([1_000_000, 1_000_005, 1_000_015]);
});

test("an error fails the span with its code, not with its words, and goes on", async () => {
  const { tracer, spans } = traced();
  const failing = tracer.run({ name: "a", kind: "internal" }, () => Promise.reject(new HubError("TIMEOUT", "secret")));
  expect(failing).rejects.toMatchObject({ code: "TIMEOUT" });
  await failing.catch(() => undefined);
  expect(spans[0]).toMatchObject({ failure: "TIMEOUT", attributes: { "error.type": "TIMEOUT" } });
  expect(otlpJson(spans, { resource: {}, version: "1" })).not.toContain("secret");
});

test("a call goes on in the trace of its _meta, and its server in that of the call", async () => {
  const { spans, calls } = traced();
  const meta = { traceparent: traceparentOf(remote), tracestate: "x=1", baggage: "user=ana", other: { a: 1 } };
  const sent = await run(calls, call({ meta }), { name: "post", arguments: {}, _meta: meta });
  const [request, whole] = spans;
  expect(whole).toMatchObject({
    name: "tools/call slack.post",
    kind: "server",
    parentId: remote.spanId,
    context: { traceId: remote.traceId },
  });
  expect(request).toMatchObject({ name: "tools/call post", kind: "client", parentId: whole!.context.spanId });
  expect(sent).toEqual({
    name: "post",
    arguments: {},
    _meta: { other: { a: 1 }, baggage: "user=ana", traceparent: traceparentOf(request!.context), tracestate: "x=1" },
  });
  expect(meta.traceparent).toBe(traceparentOf(remote));
});

test("a call without one goes on in the trace of the request around it, and links it where both are there", async () => {
  const { tracer, spans, calls } = traced();
  await tracer.run({ name: "POST /mcp", kind: "server" }, async () => {
    await run(calls, call());
    await run(calls, call({ meta: { traceparent: traceparentOf(remote) } }));
  });
  const [, inside, , away, door] = spans;
  expect(inside).toMatchObject({ kind: "internal", parentId: door!.context.spanId, links: [] });
  expect(away).toMatchObject({ kind: "server", parentId: remote.spanId, links: [{ traceId: door!.context.traceId }] });
});

test("a trace context that is none is not handed on", async () => {
  const { spans, calls } = traced();
  const meta = { traceparent: "00-nonsense", tracestate: "x=1" };
  const sent = await run(calls, call({ meta }), { name: "post", _meta: meta });
  expect(sent["_meta"]).toEqual({ traceparent: traceparentOf(spans[0]!.context) });
});

test("a trace that is not recorded is handed on as such and not sent", async () => {
  const { spans, calls } = traced();
  const parent = traceparentOf({ ...remote, isSampled: false });
  const sent = await run(calls, call({ meta: { traceparent: parent } }));
  expect(spans).toEqual([]);
  expect((sent["_meta"] as Result)["traceparent"]).toMatch(new RegExp(`^00-${remote.traceId}-[0-9a-f]{16}-00$`));
});

test("the hub's own tools get no trace context, for what they call is inside it already", async () => {
  const { calls, spans } = traced();
  expect(await run(calls, call({ source: { id: "hub", kind: "hub" } }))).toEqual({ name: "post" });
  expect(spans[0]!.kind).toBe("internal");
});

test("a tool's own failure is no success", async () => {
  const { calls, spans } = traced();
  await calls.call(call(), async () => ({ isError: true }));
  expect(spans[0]!.failure).toBe("tool_error");
});

test("spans look like OTLP", async () => {
  const { calls, spans } = traced();
  await run(calls, call({ meta: { traceparent: traceparentOf(remote), tracestate: "x=1" } }));
  const sent = JSON.parse(otlpJson(spans, { resource: { "service.name": "hubctl", "process.pid": 7 }, version: "1.0.0" }));
  const [{ resource, scopeSpans }] = sent.resourceSpans;
  expect(resource.attributes).toEqual([
    { key: "service.name", value: { stringValue: "hubctl" } },
    { key: "process.pid", value: { intValue: "7" } },
  ]);
  expect(scopeSpans[0].scope).toEqual({ name: "hubctl", version: "1.0.0" });
  expect(scopeSpans[0].spans[1]).toEqual({
    traceId: remote.traceId,
    spanId: spans[1]!.context.spanId,
    traceState: "x=1",
    parentSpanId: remote.spanId,
    name: "tools/call slack.post",
    kind: 2,
    startTimeUnixNano: "1000000000000",
    endTimeUnixNano: "1000000000000",
    attributes: [
      { key: "mcp.method.name", value: { stringValue: "tools/call" } },
      { key: "gen_ai.operation.name", value: { stringValue: "execute_tool" } },
      { key: "gen_ai.tool.name", value: { stringValue: "slack.post" } },
      { key: "hubctl.source", value: { stringValue: "slack" } },
      { key: "hubctl.door", value: { stringValue: "mcp" } },
    ],
    links: [],
    status: {},
  });
});
