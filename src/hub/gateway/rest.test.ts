import { describe, expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { HubError } from "../kernel/errors.ts";
import { createLog, type LogRecord } from "../kernel/log.ts";
import { readSse, type SseEvent } from "./sse-parse.ts";
import { guarded, loopbackRuntime, restHandler, sampleRouter, settle, testGateway } from "../../../tests/support/test-gateway.ts";

const clock = fakeClock();
const runtime = loopbackRuntime({ clock });
const gateway = () => testGateway(guarded(restHandler(sampleRouter, runtime)));
const post = (body: string, headers: Record<string, string> = {}) => ({
  method: "POST",
  body,
  headers: { "content-type": "application/json", ...headers },
});
const errorOf = async (response: Response) => ((await response.json()) as { error: Record<string, unknown> }).error;

describe("fields", () => {
  test.each([
    ["/things?limit=3&hidden=false&only=a&only=b", { limit: 3, hidden: false, only: ["a", "b"] }],
    ["/things?only=a", { limit: 10, only: ["a"] }],
    ["/things?", { limit: 10 }],
    ["/things/a%2Fb%20c", { id: "a/b c" }],
    ["/things/slack.messages.post", { id: "slack.messages.post" }],
  ])("GET %s", async (path, output) => {
    await using hub = await gateway();
    const response = await hub.fetch(`/api/v2${path}`);
    expect([response.status, await response.json()]).toEqual([200, output]);
  });

  test("a path field wins over the same name in the body", async () => {
    await using hub = await gateway();
    const response = await hub.fetch("/api/v2/things/t1/rename", post('{"id":"t2","name":"new"}'));
    expect(await response.json()).toEqual({ id: "t1", name: "new", force: false });
  });

  test("DELETE takes its fields from the query", async () => {
    await using hub = await gateway();
    expect(await (await hub.fetch("/api/v2/things/t1?force=true", { method: "DELETE" })).json()).toEqual({ id: "t1", force: true });
  });

  test.each([
    ["a query on POST", "/things/t1/rename?force=true", post('{"name":"n"}'), 400],
    ["an unknown field", "/things/t1/rename", post('{"name":"n","nope":1}'), 400],
    ["a query text that is no number", "/things?limit=many", {}, 400],
    ["an unknown query name", "/things?nope=1", {}, 400],
    ["text/plain", "/things/t1/rename", { method: "POST", body: '{"name":"n"}', headers: { "content-type": "text/plain" } }, 415],
    ["a form", "/things/t1/rename", { method: "POST", body: new URLSearchParams({ name: "n" }) }, 415],
    ["two content types", "/things/t1/rename", post('{"name":"n"}', { "content-type": "application/json, text/plain" }), 415],
    ["no content type", "/things/t1/rename", { method: "POST", body: new Blob(['{"name":"n"}']) }, 415],
    ["broken JSON", "/things/t1/rename", post("{"), 400],
    ["trailing data", "/things/t1/rename", post('{"name":"n"}x'), 400],
    ["NaN", "/things/t1/rename", post('{"name":NaN}'), 400],
    ["an infinite number", "/things/t1/rename", post('{"name":1e400}'), 400],
    ["a prototype", "/things/t1/rename", post('{"name":"n","__proto__":{"polluted":true}}'), 400],
    ["endless depth", "/things/t1/rename", post(`{"name":${"[".repeat(10_000)}${"]".repeat(10_000)}}`), 400],
    ["an array", "/things/t1/rename", post("[]"), 400],
    ["a broken escape", "/things/%ff", {}, 400],
    ["an unknown path", "/nothing", {}, 404],
    ["an empty segment", "/things/", {}, 404],
  ])("%s is refused in JSON", async (...[, path, init, status]) => {
    await using hub = await gateway();
    const response = await hub.fetch(`/api/v2${path}`, init);
    expect(response.status).toBe(status);
    expect((await errorOf(response))["code"]).toBe(status === 404 ? "NOT_FOUND" : "VALIDATION");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("the duplicate of a key counts once, and a BOM and a charset do no harm", async () => {
    await using hub = await gateway();
    const response = await hub.fetch(
      "/api/v2/things/t1/rename",
      post('\uFEFF{"name":"a","name":"b"}', { "content-type": "application/json; charset=UTF-8" }),
    );
    expect(await response.json()).toEqual({ id: "t1", name: "b", force: false });
  });

  test("a method the path does not take answers 405 with what it takes", async () => {
    await using hub = await gateway();
    const response = await hub.fetch("/api/v2/things/t1", { method: "PUT" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, DELETE, HEAD"]);
  });

  test("a body that trickles in is given up after half a minute", async () => {
    await using hub = await gateway();
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"name":')) });
    const response = await settle(clock, hub.fetch("/api/v2/things/t1/rename", { ...post(""), body }));
    expect(response.status).toBe(408);
  });
});

describe("errors", () => {
  test("carry the table's status, the hint and the details", async () => {
    await using hub = await gateway();
    const response = await hub.fetch("/api/v2/failures", post('{"how":"conflict"}'));
    expect([response.status, await response.json()]).toEqual([
      409,
      { error: { code: "CONFLICT", message: "It is taken", retryable: false, hint: "Take another", details: { by: "ana" } } },
    ]);
  });

  test("say in Retry-After how long to wait", async () => {
    await using hub = await gateway();
    const response = await hub.fetch("/api/v2/failures", post('{"how":"rate"}'));
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "2"]);
  });

  test("of a bug show the request id alone, and the log has the rest", async () => {
    const records: LogRecord[] = [];
    const log = createLog({ clock: runtime.clock, level: "debug", sinks: [(record) => records.push(record)] });
    await using hub = await testGateway(guarded(restHandler(sampleRouter, runtime, { log })));
    const response = await hub.fetch("/api/v2/failures", post('{"how":"bug"}', { "x-request-id": "req-7" }));
    expect(response.status).toBe(500);
    const error = await errorOf(response);
    expect(error["details"]).toEqual({ requestId: "req-7" });
    expect(JSON.stringify(error)).not.toContain("hunter2");
    expect(records).toMatchObject([
      { level: "error", requestId: "req-7", error: { cause: { message: "the database password is hunter2" } } },
    ]);
  });

  test("a caller without credential gets 401 and the way to give one", async () => {
    const authenticate = () => {
      throw new HubError("UNAUTHENTICATED", "A token is needed");
    };
    await using hub = await testGateway(guarded(restHandler(sampleRouter, runtime, { authenticate })));
    const response = await hub.fetch("/api/v2/things", { headers: { accept: "text/event-stream" } });
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  });
});

describe("as a stream", () => {
  const events = async (response: Response): Promise<SseEvent[]> => Array.fromAsync(readSse(response.body!));
  const accept = { accept: "text/event-stream" };

  test.each([
    ["text/event-stream", true],
    ["text/event-stream, application/json", true],
    ["application/json;q=0.5, text/event-stream", true],
    ["application/json, text/event-stream", false],
    ["text/event-stream;q=0.1, */*", false],
    ["text/event-stream;q=0", false],
    ["*/*", false],
    ["", false],
  ])("Accept %j: %p", async (given, isStream) => {
    await using hub = await gateway();
    const response = await hub.fetch("/api/v2/things", { headers: { accept: given } });
    expect(response.headers.get("content-type")?.startsWith("text/event-stream")).toBe(isStream);
    await response.body?.cancel();
  });

  test("progress comes before the result, all of it and in order", async () => {
    await using hub = await gateway();
    const response = await hub.fetch("/api/v2/counts", post('{"to":3}', accept));
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const got = await events(response);
    expect(got.map(({ event, data }) => [event, JSON.parse(data)])).toEqual([
      ["progress", { progress: 1, total: 3 }],
      ["progress", { progress: 2, total: 3 }],
      ["progress", { progress: 3, total: 3 }],
      ["result", { counted: 3 }],
    ]);
  });

  test("a flood of progress keeps the newest", async () => {
    await using hub = await gateway();
    const got = await events(await hub.fetch("/api/v2/counts", post('{"to":5000}', accept)));
    expect(got).toHaveLength(257);
    expect(JSON.parse(got.at(-2)!.data)).toEqual({ progress: 5000, total: 5000 });
  });

  test("an error ends it, in the same form as without a stream", async () => {
    await using hub = await gateway();
    const [last] = await events(await hub.fetch("/api/v2/failures", post('{"how":"bug"}', { ...accept, "x-request-id": "r1" })));
    expect([last!.event, JSON.parse(last!.data)]).toMatchObject(["error", { error: { code: "INTERNAL", details: { requestId: "r1" } } }]);
  });

  test("a quiet operation is heard of by heartbeats, and one whose caller leaves is cancelled", async () => {
    const finished = Promise.withResolvers<unknown>();
    const ownClock = fakeClock();
    const own = loopbackRuntime({ clock: ownClock });
    const contextFor = (_: Request, parts: object) =>
      ({ runtime: own, guard: { operation: () => undefined }, observe: finished.resolve, ...parts }) as never;
    await using hub = await testGateway(guarded(restHandler(sampleRouter, own, { contextFor })));
    const leave = new AbortController();
    const response = await hub.fetch("/api/v2/waits", { ...post("{}", accept), signal: leave.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream() as never).getReader() as ReadableStreamDefaultReader<string>;
    let seen = "";
    while (!seen.includes("waiting")) seen += (await reader.read()).value;
    await ownClock.advance(15_000);
    while (!seen.includes(": heartbeat\n\n")) seen += (await reader.read()).value;
    leave.abort();
    expect(await finished.promise).toMatchObject({ name: "things.wait", outcome: "CANCELLED" });
  });
});
