import { expect, test } from "bun:test";
import fc from "fast-check";
import { checkedFetch } from "./checked-fetch.ts";

const url = "http://server.test/mcp";
const answering = (response: Response, options = {}) =>
  checkedFetch(async () => response, { maxMessageBytes: 100, ...options })(url, { method: "POST" });
const stream = (chunks: readonly string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
const events = { headers: { "content-type": "text/event-stream" } };

test("429 says how long to wait, where the server says so", async () => {
  const refused = (header?: string) =>
    answering(new Response("slow", { status: 429, headers: header === undefined ? {} : { "retry-after": header } }));
  await expect(refused("7")).rejects.toMatchObject({ code: "RATE_LIMITED", details: { retryAfterMs: 7_000 } });
  await expect(refused()).rejects.toMatchObject({ code: "RATE_LIMITED", details: undefined });
  await expect(refused("Fri, 21 Nov 2026 07:28:00 GMT")).rejects.toMatchObject({ details: undefined });
});

test("an answer that announces its length is not touched, one that is too long is broken off", async () => {
  const short = Response.json({ short: true }, { headers: { "content-length": "14" } });
  expect(await answering(short)).toBe(short);
  await expect((await answering(new Response(stream(["x".repeat(60), "y".repeat(60)])))).text()).rejects.toThrow("more than 100 bytes");
});

test("a stream may last, an event may not", async () => {
  const many = Array.from({ length: 50 }, (_, index) => `data: ${index}\n\n`);
  expect(await (await answering(new Response(stream(many), events))).text()).toBe(many.join(""));
  await expect((await answering(new Response(stream([...many, "data: ", "x".repeat(200)]), events))).text()).rejects.toThrow(
    "more than 100",
  );
});

test("wherever a stream is cut and however its lines end, events within the bound pass", async () => {
  const ending = fc.constantFrom("\n\n", "\r\n\r\n", "\r\r");
  await fc.assert(
    fc.asyncProperty(
      ending,
      fc.array(fc.string({ maxLength: 20, unit: "grapheme-ascii" }), { minLength: 1, maxLength: 40 }),
      async (end, texts) => {
        const whole = texts.map((text) => `data: ${text}${end}`).join("");
        const response = await answering(new Response(stream([...whole]), events));
        expect(await response.text()).toBe(whole);
      },
    ),
    { numRuns: 50 },
  );
});

test("HTTP+SSE: a refused POST has a status", async () => {
  await expect(answering(new Response("no such session", { status: 404 }), { sse: true })).rejects.toMatchObject({ status: 404 });
  expect((await answering(new Response("who?", { status: 401 }), { sse: true })).status).toBe(401);
});

test("a method that is not known is an answer, whatever its status; every other 404 stays one", async () => {
  const error = (code: number) => ({ jsonrpc: "2.0", id: 1, error: { code, message: "no" } });
  const unknown = await answering(Response.json(error(-32601), { status: 404 }));
  expect([unknown.status, unknown.url, await unknown.json()]).toEqual([200, "", error(-32601)]);
  const others = [
    Response.json(error(-32001), { status: 404 }),
    new Response("<html>-32601", { status: 404, headers: { "content-type": "application/json" } }),
    Response.json(null, { status: 404 }),
    new Response(JSON.stringify(error(-32601)), { status: 404, headers: { "content-type": "text/html" } }),
  ];
  for (const other of others) {
    const text = await other.clone().text();
    const answer = await answering(other);
    expect([answer.status, await answer.text()]).toEqual([404, text]);
  }
  const endless = new Response(stream(["x".repeat(60), "y".repeat(60)]), { status: 404, headers: { "content-type": "application/json" } });
  await expect(answering(endless)).rejects.toThrow("more than 100 bytes");
});
