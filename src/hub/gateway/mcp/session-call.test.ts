import { expect, test } from "bun:test";
import { fakeSource } from "../../../../tests/support/fake-source.ts";
import { testEndpoint } from "../../../../tests/support/test-endpoint.ts";
import type { Result } from "../../catalog/call.ts";
import type { SourceCall } from "../../catalog/source.ts";
import { HubError } from "../../kernel/errors.ts";

type Doing = (call: SourceCall) => Result | Promise<Result>;

const said = { method: "notifications/message", params: { level: "info", data: "working" } };
const done = { content: [{ type: "text", text: "done" }] };
const capabilities = { elicitation: { form: {} } };
const initialize = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities, clientInfo: { name: "t", version: "1" } },
};

/** Never answers, and tells when it is given up. */
function endless() {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const doing: Doing = async ({ signal }) => {
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => {
      resolve();
      reject(signal.reason as Error);
    });
    return promise;
  };
  return { aborted, doing };
}

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly params?: unknown;
}

/** A session at a hub whose one tool does what the test says. */
async function session(doing: Doing) {
  const asked: { readonly args: unknown; readonly meta: unknown; readonly call: SourceCall }[] = [];
  const files = fakeSource("files", {
    tools: [{ name: "read", inputSchema: { type: "object", properties: { path: { type: "string" } } } }],
    request: async (_, { arguments: args, _meta: meta }, call) => {
      asked.push({ args, meta, call });
      return doing(call);
    },
  });
  const endpoint = testEndpoint([files], { ana: {} });
  const opened = await endpoint.ask("/mcp", { method: "POST", body: JSON.stringify(initialize) });
  await opened.text();
  const headers = { "mcp-session-id": opened.headers.get("mcp-session-id")!, "mcp-protocol-version": "2025-11-25" };
  const post = (message: object) => endpoint.ask("/mcp", { method: "POST", headers, body: JSON.stringify(message) });
  const call = (params: object = {}, id = 1) =>
    post({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "files__read", arguments: {}, ...params } });
  return { endpoint, asked, headers, post, call, [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose]() };
}

const isStream = (response: Response) => response.headers.get("content-type")!.startsWith("text/event-stream");

/** What was said on an answer, to its end. */
async function messagesOf(response: Response): Promise<Message[]> {
  const text = await response.text();
  if (!isStream(response)) return [JSON.parse(text) as Message];
  return [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => JSON.parse(data!) as Message);
}

const doings: Readonly<Record<string, { readonly doing: Doing; readonly streams?: boolean }>> = {
  "a result": { doing: () => ({ ...done, structuredContent: { a: [1] }, unknown: { b: null }, _meta: { "x/y": 1 } }) },
  "a tool's own failure": { doing: () => ({ ...done, isError: true }) },
  "no content": { doing: () => ({ structuredContent: {} }), streams: true },
  "content that is none": { doing: () => ({ content: "text" }), streams: true },
  "too large": { doing: () => ({ content: [{ type: "text", text: "x".repeat(20_000) }] }) },
  "out of time": {
    doing: () => {
      throw new HubError("TIMEOUT", "files did not answer in time");
    },
  },
  "an error of the server's own": {
    doing: () => {
      throw new HubError("UPSTREAM_REJECTED", "no", { details: { rpcCode: -32099, data: { why: "so" } } });
    },
    streams: true,
  },
};

for (const [what, { doing, streams = false }] of Object.entries(doings))
  test(`${what}: the answer is the SDK's, and a stream only where the SDK has to word it`, async () => {
    await using short = await session(doing);
    await using long = await session(doing);
    const answer = await short.call({ _meta: { traceparent: "00-1-2-03" } });
    expect(isStream(answer)).toBe(streams);
    const streamed = await long.call({ _meta: { traceparent: "00-1-2-03", progressToken: 1 } });
    expect(isStream(streamed)).toBe(true);
    expect(answer.headers.get("mcp-session-id")).toBe(short.headers["mcp-session-id"]);
    expect((await messagesOf(answer)).at(-1)).toEqual((await messagesOf(streamed)).at(-1));
    const seen = ({ asked }: typeof short) => asked.map(({ args, meta, call }) => [args, meta, call.clientCapabilities, call.logLevel]);
    expect(seen(short)).toEqual([[{}, { traceparent: "00-1-2-03" }, capabilities, "debug"]]);
    expect(seen(short)).toEqual(seen(long));
  });

test("arguments that do not fit and a tool that is not there are answered as by the SDK", async () => {
  await using hub = await session(() => done);
  for (const params of [{ arguments: { path: 7 } }, { name: "files__write" }]) {
    const short = (await messagesOf(await hub.call(params))).at(-1);
    expect(short).toEqual((await messagesOf(await hub.call({ ...params, _meta: { progressToken: 1 } }))).at(-1));
  }
  expect(hub.asked).toEqual([]);
});

test("what is said before the answer comes before it, on a stream", async () => {
  const goOn = Promise.withResolvers<void>();
  await using hub = await session(async ({ onNotification }) => {
    onNotification?.(said);
    await goOn.promise;
    onNotification?.({ ...said, params: { ...said.params, data: "nearly" } });
    return done;
  });
  const answer = await hub.call();
  expect(isStream(answer)).toBe(true);
  goOn.resolve();
  expect(await messagesOf(answer)).toMatchObject([said, { params: { data: "nearly" } }, { id: 1, result: done }]);
});

test("a question of the server goes to the client, and its answer back", async () => {
  await using hub = await session(async ({ onServerRequest }) => ({
    content: [
      {
        type: "text",
        text: JSON.stringify(
          await onServerRequest!("elicitation/create", { message: "?", requestedSchema: { type: "object", properties: {} } }),
        ),
      },
    ],
  }));
  const answer = await hub.call();
  const stream = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("elicitation/create")) text += (await stream.read()).value;
  const { id } = JSON.parse(/^data: (\{.*elicitation.*\})$/m.exec(text)![1]!) as Message;
  await hub.post({ jsonrpc: "2.0", id, result: { action: "decline" } });
  for (let next = await stream.read(); !next.done; next = await stream.read()) text += next.value;
  expect(text).toContain('{\\"action\\":\\"decline\\"}');
});

test("an answer that takes long comes over a stream that can be resumed", async () => {
  const result = Promise.withResolvers<Result>();
  await using hub = await session(() => result.promise);
  const answering = hub.call();
  await hub.endpoint.clock.advance(20);
  const answer = await answering;
  expect(isStream(answer)).toBe(true);
  const stream = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await stream.read()).value).toMatch(/^id: \S+$/m);
  result.resolve(done);
  expect((await stream.read()).value).toContain('"done"');
});

test("a call that is cancelled before it has a stream ends without an answer, and its id is free", async () => {
  const { aborted, doing } = endless();
  const doings = [doing, () => done];
  await using hub = await session((call) => doings.shift()!(call));
  const answering = hub.call();
  while (hub.asked.length === 0) await Promise.resolve();
  expect((await hub.call()).status).toBe(400);
  await hub.post({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
  await aborted;
  expect(await messagesOf(await answering)).toEqual([]);
  expect(await messagesOf(await hub.call())).toEqual([{ jsonrpc: "2.0", id: 1, result: done } as Message]);
});

test("a call that is cancelled over its stream is cancelled at its server", async () => {
  const { aborted, doing } = endless();
  await using hub = await session(doing);
  const answering = hub.call();
  await hub.endpoint.clock.advance(20);
  await answering;
  await hub.post({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
  await aborted;
});

test("a session that is ended cancels what has no stream yet", async () => {
  const { aborted, doing } = endless();
  await using hub = await session(doing);
  const answering = hub.call();
  while (hub.asked.length === 0) await Promise.resolve();
  await hub.endpoint.ask("/mcp", { method: "DELETE", headers: hub.headers });
  await aborted;
  expect(await messagesOf(await answering)).toEqual([]);
});
