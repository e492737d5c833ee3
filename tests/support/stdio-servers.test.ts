import { describe, expect, test } from "bun:test";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { stdioServer, type StdioServerName } from "./stdio-server.ts";

async function connect(mode: "auto" | "legacy", name: StdioServerName, ...args: string[]): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode } });
  await client.connect(new StdioClientTransport({ ...stdioServer(name, ...args), stderr: "ignore" }));
  return client;
}

function start(name: StdioServerName, ...args: string[]) {
  const { command, args: argv } = stdioServer(name, ...args);
  return Bun.spawn([command, ...argv], { stdio: ["pipe", "pipe", "pipe"] });
}

const initialize = `${JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1.0.0" } },
})}\n`;
const call = `${JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "misbehave" } })}\n`;

describe.each(["auto", "legacy"] as const)("echo, for a client that negotiates %s", (mode) => {
  test("has tools in pages, resources, templates and prompts", async () => {
    const client = await connect(mode, "echo");
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).slice(0, 4)).toEqual(["echo", "add", "fail", "slow"]);
    expect(tools).toHaveLength(13);
    expect((await client.callTool({ name: "echo", arguments: { text: "hi" } })).content).toEqual([{ type: "text", text: "hi" }]);
    expect((await client.readResource({ uri: "echo://notes/3" })).contents).toMatchObject([{ text: "Note 3" }]);
    expect((await client.getPrompt({ name: "greet", arguments: { name: "Ana" } })).messages).toHaveLength(1);
    await client.close();
  });

  test("crashes when asked to", async () => {
    const client = await connect(mode, "echo");
    const closed = Promise.withResolvers<void>();
    client.onclose = () => closed.resolve();
    expect(client.callTool({ name: "crash" })).rejects.toThrow();
    await closed.promise;
  });
});

// By bytes: the SDK's own transport drops progress that comes in one chunk with the answer.
test("echo reports progress", async () => {
  const child = start("echo");
  const params = { name: "slow", arguments: { steps: 3, ms: 1 }, _meta: { progressToken: 7 } };
  void child.stdin.write(`${initialize}${JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params })}\n`);
  const seen: unknown[] = [];
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/"id":2\b.*\n/.test(text)) break;
  }
  for (const line of text.trim().split("\n")) {
    const message = JSON.parse(line) as { method?: string; params?: { progress?: number; progressToken?: number } };
    if (message.method === "notifications/progress") seen.push([message.params?.progressToken, message.params?.progress]);
  }
  expect(seen).toEqual([
    [7, 1],
    [7, 2],
    [7, 3],
  ]);
  child.kill();
  await child.exited;
});

test("echo tells an older client that its tools changed", async () => {
  const changed = Promise.withResolvers<number>();
  const onChanged = (error: Error | null, tools: readonly unknown[] | null) =>
    error ? changed.reject(error) : changed.resolve(tools?.length ?? 0);
  const client = new Client({ name: "test", version: "1.0.0" }, { listChanged: { tools: { onChanged } } });
  await client.connect(new StdioClientTransport(stdioServer("echo")));
  await client.callTool({ name: "change" });
  expect(await changed.promise).toBe(14);
  await client.close();
});

test("crash-at-start says why and ends with 1", async () => {
  const child = start("crash-at-start");
  expect(await child.stderr.text()).toContain("FAKE_TOKEN is not set");
  expect(await child.exited).toBe(1);
});

test("never-answers says nothing, and ends with its input", async () => {
  const child = start("never-answers");
  void child.stdin.write(initialize);
  await child.stdin.end();
  expect(await child.stdout.text()).toBe("");
  expect(await child.exited).toBe(0);
});

test("banner mixes text with messages", async () => {
  const child = start("banner");
  void child.stdin.write(initialize + call);
  await child.stdin.end();
  const lines = (await child.stdout.text()).split("\n").filter((line) => line !== "");
  expect(lines.map((line) => line.startsWith("{"))).toEqual([false, false, true, false, true]);
});

test("invalid-utf8 answers with bytes that are no text", async () => {
  const child = start("invalid-utf8");
  void child.stdin.write(call);
  await child.stdin.end();
  const bytes = await child.stdout.bytes();
  expect(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes)).toThrow();
});

test("huge-line answers with one line of the size it is given", async () => {
  const child = start("huge-line", "3");
  void child.stdin.write(call);
  await child.stdin.end();
  const text = await child.stdout.text();
  expect(text.length).toBeGreaterThan(3_000_000);
  expect(text.indexOf("\n")).toBe(text.length - 1);
});

test.each([
  [["--one-line"], false],
  [[], true],
])("flood %j never ends", async (args, hasLines) => {
  const child = start("flood", ...args);
  let received = 0;
  let lines = false;
  for await (const chunk of child.stdout) {
    received += chunk.length;
    lines ||= chunk.includes(10);
    if (received > 2_000_000) break;
  }
  expect(lines).toBe(hasLines);
  child.kill("SIGKILL");
  await child.exited;
});

test("ignores-sigterm survives it, with its child", async () => {
  const child = start("ignores-sigterm");
  const { value } = await child.stderr.getReader().read();
  const pids = JSON.parse(new TextDecoder().decode(value)) as { pid: number; child: number };
  expect(pids.pid).toBe(child.pid);
  try {
    child.kill("SIGTERM");
    process.kill(pids.child, "SIGTERM");
    void child.stdin.write(call);
    await child.stdin.end();
    const { value: answer } = await child.stdout.getReader().read();
    expect(new TextDecoder().decode(answer)).toContain(String(pids.child));
    expect(child.exitCode).toBeNull();
  } finally {
    process.kill(pids.child, "SIGKILL");
    child.kill("SIGKILL");
    await child.exited;
  }
});
