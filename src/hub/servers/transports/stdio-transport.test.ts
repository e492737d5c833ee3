import { Client } from "@modelcontextprotocol/client";
import { expect, test } from "bun:test";
import { z } from "zod";
import type { Exit } from "../../kernel/runtime.ts";
import { StdioTransport, type StdioTransportOptions } from "./stdio-transport.ts";

interface FakeProcess {
  readonly transport: StdioTransport;
  readonly noise: string[];
  /** What the client has written, as JSON. */
  readonly sent: Record<string, unknown>[];
  say(...messages: (object | string | Uint8Array)[]): void;
  exit(exit: Exit): void;
}

/** A process that answers each message by `react`, on streams of its own. */
function fakeProcess(
  react: (message: Record<string, unknown>, say: FakeProcess["say"]) => void,
  given: Partial<StdioTransportOptions> = {},
): FakeProcess {
  const { promise: exited, resolve } = Promise.withResolvers<Exit>();
  let out!: ReadableStreamDefaultController<Uint8Array>;
  let err!: ReadableStreamDefaultController<Uint8Array>;
  const stdout = new ReadableStream<Uint8Array>({ start: (controller) => void (out = controller) });
  const stderr = new ReadableStream<Uint8Array>({ start: (controller) => void (err = controller) });
  const noise: string[] = [];
  const sent: Record<string, unknown>[] = [];
  const line = (message: object | string) =>
    typeof message === "string" ? message : `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;
  const say: FakeProcess["say"] = (...messages) => {
    if (messages[0] instanceof Uint8Array) out.enqueue(messages[0]);
    else out.enqueue(new TextEncoder().encode((messages as (object | string)[]).map(line).join("")));
  };
  const exit = (how: Exit) => {
    out.close();
    err.close();
    resolve(how);
  };
  const write = (text: string) => {
    const message = JSON.parse(text) as Record<string, unknown>;
    sent.push(message);
    react(message, say);
  };
  const stop = async () => {
    exit({ code: null, signal: "SIGTERM" });
    return exited;
  };
  const child = { pid: 7, stdin: { write, end: () => undefined }, stdout, stderr, exited, stop };
  const transport = new StdioTransport({
    start: async () => child,
    onStderr: () => undefined,
    onNoise: (text) => noise.push(text),
    maxMessageBytes: 10_000,
    ...given,
  });
  return { transport, noise, sent, say, exit };
}

const initialized = (message: Record<string, unknown>, say: FakeProcess["say"]) => {
  if (message["method"] === "initialize")
    say({
      id: message["id"],
      result: { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "fake", version: "1" } },
    });
};

async function connected(react: Parameters<typeof fakeProcess>[0] = () => undefined, given: Partial<StdioTransportOptions> = {}) {
  const child = fakeProcess((message, say) => {
    initialized(message, say);
    react(message, say);
  }, given);
  const client = new Client({ name: "t", version: "1" });
  await client.connect(child.transport);
  return { ...child, client };
}

const Anything = z.looseObject({});

test("progress that comes in one chunk with the answer is told before it", async () => {
  const { client } = await connected((message, say) => {
    if (message["method"] !== "tools/call") return;
    const { progressToken } = (message["params"] as { _meta: { progressToken: number } })._meta;
    const progress = (value: number) => ({ method: "notifications/progress", params: { progressToken, progress: value } });
    say(progress(1), progress(2), progress(3), { id: message["id"], result: { content: [] } });
  });
  const seen: number[] = [];
  await client.request({ method: "tools/call", params: { name: "t" } }, Anything, {
    onprogress: ({ progress }) => void seen.push(progress),
  });
  expect(seen).toEqual([1, 2, 3]);
  await client.close();
});

test("D13 text between messages is kept apart, and a message in broken UTF-8 is still one", async () => {
  const { client, noise } = await connected((message, say) => {
    if (message["method"] !== "tools/call") return;
    say("Welcome!\n[1, 2]\n{ not json\n");
    const bytes = new TextEncoder().encode(`{"jsonrpc":"2.0","id":${String(message["id"])},"result":{"text":"a?b"}}\n`);
    bytes[bytes.indexOf(63)] = 0xff;
    say(bytes);
  });
  expect(await client.request({ method: "tools/call", params: { name: "t" } }, Anything)).toEqual({ text: "a\ufffdb" });
  expect(noise).toEqual(["Welcome!", "[1, 2]", "{ not json"]);
  await client.close();
});

test("D13 a message beyond the limit ends the connection, and says why", async () => {
  const { client, transport } = await connected((message, say) => {
    if (message["method"] === "tools/call") say("x".repeat(10_001));
  });
  await expect(client.request({ method: "tools/call", params: { name: "t" } }, Anything)).rejects.toThrow();
  expect(transport.failure?.message).toContain("more than 10000 bytes");
});

test("D13 a server that only prints is given up", async () => {
  const child = fakeProcess((message, say) => {
    if (message["method"] === "initialize") say("garbage\n".repeat(10_001));
  });
  await expect(new Client({ name: "t", version: "1" }).connect(child.transport)).rejects.toThrow();
  expect(child.transport.failure?.message).toContain("not MCP");
  expect(child.noise).toHaveLength(100);
});

test("a process that ends by itself closes the connection and leaves how it ended", async () => {
  const { client, transport, exit } = await connected();
  const closed = Promise.withResolvers<void>();
  client.onclose = () => closed.resolve();
  exit({ code: 3, signal: null });
  await closed.promise;
  expect(transport.exit).toEqual({ code: 3, signal: null });
  await expect(transport.send({ jsonrpc: "2.0", method: "ping" })).rejects.toThrow("has ended");
});

test("a process that is stopped has not ended by itself", async () => {
  const { client, transport } = await connected();
  await client.close();
  expect(transport.exit).toBeUndefined();
});
