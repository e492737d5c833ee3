import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { clientOver } from "../kernel/client.ts";
import type { HubError } from "../kernel/errors.ts";
import type { Progress } from "../kernel/operation.ts";
import { systemRuntime } from "../kernel/system-runtime.ts";
import { remoteInvoke } from "./remote-client.ts";
import { guarded, loopbackRuntime, manifestOf, restHandler, sampleRouter, testGateway } from "../../../tests/support/test-gateway.ts";

const runtime = loopbackRuntime();
const manifest = manifestOf(sampleRouter);
const gateway = () => testGateway(guarded(restHandler(sampleRouter, runtime)));
const over = (base: string, unix?: string) => remoteInvoke({ base, unix, fetch: systemRuntime.fetch, manifest });
const failed = (call: Promise<unknown>): Promise<HubError> =>
  call.then(
    () => Promise.reject(new Error("it worked")),
    (error: HubError) => error,
  );

describe("remoteInvoke", () => {
  test("is the same client as in the process", async () => {
    await using hub = await gateway();
    const { things } = clientOver<typeof sampleRouter>(over(hub.url));
    expect(await things.get({ id: "a/b?c#d %" })).toEqual({ id: "a/b?c#d %" });
    expect(await things.rename({ id: "t", name: "n", force: true })).toEqual({ id: "t", name: "n", force: true });
    expect(await things.remove({ id: "t", force: true })).toEqual({ id: "t", force: true });
    expect(await things.list({ limit: 5, hidden: false })).toEqual({ limit: 5, hidden: false });
  });

  test("any list and any path field arrive as they were sent", async () => {
    await using hub = await gateway();
    const invoke = over(hub.url);
    const text = fc.string({ unit: "grapheme", maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { maxLength: 3 }),
        text.filter((id) => !["", ".", ".."].includes(id)),
        async (only, id) => {
          expect(await invoke("things.list", { only })).toEqual({ limit: 10, only });
          expect(await invoke("things.get", { id })).toEqual({ id });
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([[{}], [{ id: "" }], [{ id: ".." }], [{ id: "." }]])("a path field %j reaches no other operation", async (input) => {
    expect(["VALIDATION", "NOT_FOUND"]).toContain((await failed(over("http://127.0.0.1:1")("things.get", input))).code);
  });

  test("an error comes back whole", async () => {
    await using hub = await gateway();
    const error = await failed(over(hub.url)("things.fail", { how: "conflict" }));
    expect(error.toJSON()).toEqual({
      code: "CONFLICT",
      message: "It is taken",
      retryable: false,
      hint: "Take another",
      details: { by: "ana" },
    });
  });

  test("who listens gets the progress, and errors the same way", async () => {
    await using hub = await gateway();
    const seen: Progress[] = [];
    const options = { onProgress: (progress: Progress) => void seen.push(progress) };
    expect(await over(hub.url)("things.count", { to: 3 }, options)).toEqual({ counted: 3 });
    expect(seen.map(({ progress }) => progress)).toEqual([1, 2, 3]);
    expect((await failed(over(hub.url)("things.fail", { how: "conflict" }, options))).code).toBe("CONFLICT");
    expect((await failed(over(hub.url)("things.count", { to: "x" }, options))).code).toBe("VALIDATION");
  });

  test("cancelling ends the call on both sides", async () => {
    const finished = Promise.withResolvers<unknown>();
    const contextFor = (_: Request, parts: object) =>
      ({ runtime, guard: { operation: () => undefined }, observe: finished.resolve, ...parts }) as never;
    await using hub = await testGateway(restHandler(sampleRouter, runtime, { contextFor }));
    const stop = new AbortController();
    const call = over(hub.url)("things.wait", {}, { signal: stop.signal, onProgress: () => stop.abort() });
    expect((await failed(call)).code).toBe("CANCELLED");
    expect(await finished.promise).toMatchObject({ outcome: "CANCELLED" });
  });

  test("goes over a unix socket", async () => {
    const directory = await mkdtemp(join(tmpdir(), "hubctl-client-"));
    const path = join(directory, "hub.sock");
    await using _ = await testGateway(guarded(restHandler(sampleRouter, runtime)), { socket: { path } });
    expect(await over("http://hub", path)("things.count", { to: 2 }, { onProgress: () => undefined })).toEqual({ counted: 2 });
    await rm(directory, { recursive: true });
  });

  test("no hub at the address: UPSTREAM_UNAVAILABLE with a hint", async () => {
    expect((await failed(over("http://127.0.0.1:1")("things.list", {}))).toJSON()).toMatchObject({
      code: "UPSTREAM_UNAVAILABLE",
      hint: "Start one with `hubctl serve`",
    });
    expect((await failed(over("http://hub", "/nonexistent.sock")("things.list", {}))).message).toContain("/nonexistent.sock");
  });

  test.each([
    ["a page", new Response("<html>", { status: 200 })],
    ["an error page", new Response("nope", { status: 502 })],
    ["a redirect", new Response("", { status: 302, headers: { location: "http://127.0.0.1:1/" } })],
    [
      "a stream that breaks off",
      new Response('event: progress\ndata: {"progress":1}\n\n', { headers: { "content-type": "text/event-stream" } }),
    ],
    ["a stream of nonsense", new Response("data: {\n\n", { headers: { "content-type": "text/event-stream" } })],
  ])("%s instead of an answer: UPSTREAM_UNAVAILABLE", async (_, response) => {
    await using hub = await testGateway(() => response);
    expect((await failed(over(hub.url)("things.list", {}, { onProgress: () => undefined }))).code).toBe("UPSTREAM_UNAVAILABLE");
  });

  test("an operation this client does not know: NOT_FOUND, before any request", async () => {
    expect((await failed(over("http://127.0.0.1:1")("things.nope", {}))).code).toBe("NOT_FOUND");
  });
});
