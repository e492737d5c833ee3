import { expect, test } from "bun:test";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { bridgeStdio } from "#hub/gateway/mcp/stdio-bridge.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { stdioServer } from "../support/stdio-server.ts";
import { testHub } from "../support/test-hub.ts";

type Answer = {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { message: string };
};

test("a stdio client reaches the running hub, even one that does not wait for the answer to initialize", async () => {
  await using hub = await testHub({ mcpServers: { local: stdioServer("echo") } });
  await hub.ready("local");
  const [toHub, fromHub] = [new PassThrough(), new PassThrough()];
  const bridged = bridgeStdio({
    url: `${hub.url}/mcp`,
    fetch: systemRuntime.fetch,
    headers: {},
    stdin: toHub,
    stdout: fromHub,
    maxMessageBytes: 1_000_000,
  });
  const lines = createInterface({ input: fromHub })[Symbol.asyncIterator]();
  const write = (...messages: object[]) =>
    toHub.write(messages.map((message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`).join(""));
  write(
    { id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } } },
    { method: "notifications/initialized" },
    { id: 2, method: "tools/call", params: { name: "local__slow", arguments: { steps: 2, ms: 1 }, _meta: { progressToken: "p" } } },
  );
  const seen: Answer[] = [];
  while (!seen.some(({ id }) => id === 2)) seen.push(JSON.parse((await lines.next()).value as string) as Answer);
  expect(seen[0]).toMatchObject({ id: 1, result: { serverInfo: { name: "hubctl" } } });
  expect(seen.filter(({ method }) => method === "notifications/progress")).toHaveLength(2);
  expect(seen.at(-1)).toMatchObject({ id: 2, result: { content: [{ text: "done" }] } });
  toHub.end();
  await bridged;
});

test("a hub that has gone is told to the client, request by request", async () => {
  const [toHub, fromHub] = [new PassThrough(), new PassThrough()];
  const bridged = bridgeStdio({
    url: "http://127.0.0.1:9/mcp",
    fetch: systemRuntime.fetch,
    headers: {},
    stdin: toHub,
    stdout: fromHub,
    maxMessageBytes: 1_000,
  });
  toHub.write(`${JSON.stringify({ jsonrpc: "2.0", id: 7, method: "ping" })}\n`);
  const line = (await createInterface({ input: fromHub })[Symbol.asyncIterator]().next()).value as string;
  expect(JSON.parse(line)).toMatchObject({ id: 7, error: { code: -32603 } });
  toHub.end();
  await bridged;
});
