import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { expect, test } from "bun:test";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { serveStdioDoor } from "#hub/gateway/mcp/stdio.ts";
import { startHttpUpstream } from "../support/fake-upstream.ts";
import { stdioServer } from "../support/stdio-server.ts";
import { testHub, type TestHub } from "../support/test-hub.ts";

const info = { name: "test", version: "1" };
const local = { mcpServers: { local: stdioServer("echo") } };

async function hubWithEcho(): Promise<TestHub> {
  const hub = await testHub(local);
  await hub.ready("local");
  return hub;
}

type AnyClient = Pick<OldClient, "listTools" | "callTool" | "readResource" | "getPrompt" | "listResources" | "listPrompts">;

async function usesEverything(client: AnyClient, tool: string, prompt: string) {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain(tool);
  expect(await client.callTool({ name: tool, arguments: { text: "hi" } })).toMatchObject({ content: [{ type: "text", text: "hi" }] });
  expect((await client.listResources()).resources.map(({ uri }) => uri)).toContain("echo://readme");
  expect(await client.readResource({ uri: "echo://readme" })).toMatchObject({ contents: [{ uri: "echo://readme", text: "Read me" }] });
  expect(await client.readResource({ uri: "echo://notes/7" })).toMatchObject({ contents: [{ text: "Note 7" }] });
  expect((await client.listPrompts()).prompts.map(({ name }) => name)).toContain(prompt);
  expect(await client.getPrompt({ name: prompt, arguments: { name: "Ana" } })).toMatchObject({
    messages: [{ content: { text: "Hello Ana" } }],
  });
}

test("a client of 2025 uses everything through /mcp, under the hub's names", async () => {
  await using hub = await hubWithEcho();
  const client = new OldClient(info);
  await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`)));
  expect(client.getServerVersion()?.name).toBe("hubctl");
  await usesEverything(client, "local__echo", "local__greet");
  await client.close();
});

test("a client of 2026 uses everything through /mcp", async () => {
  await using hub = await hubWithEcho();
  const client = new ModernClient(info, { versionNegotiation: { mode: "auto" } });
  await client.connect(new ModernTransport(new URL(`${hub.url}/mcp`)));
  expect(client.getNegotiatedProtocolVersion()).toBe("2026-07-28");
  await usesEverything(client as unknown as AnyClient, "local__echo", "local__greet");
  await client.close();
});

test("a client that knows only HTTP+SSE uses everything, by /sse and by GET /mcp", async () => {
  await using hub = await hubWithEcho();
  for (const path of ["/sse", "/mcp"]) {
    const client = new OldClient(info);
    await client.connect(new SSEClientTransport(new URL(`${hub.url}${path}`)));
    await usesEverything(client, "local__echo", "local__greet");
    await client.close();
  }
});

test("through /mcp/s/{server} a server's names are its own", async () => {
  await using hub = await hubWithEcho();
  const client = new OldClient(info);
  await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp/s/local`)));
  await usesEverything(client, "echo", "greet");
  await client.close();
  expect(
    (await fetch(`${hub.url}/mcp/s/nobody`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })).status,
  ).toBe(404);
});

test("through stdio the hub is a server like any other, for clients of both eras", async () => {
  await using hub = await hubWithEcho();
  for (const era of ["2025-11-25", "2026-07-28"]) {
    const [toHub, fromHub] = [new PassThrough(), new PassThrough()];
    const served = serveStdioDoor({ ...hub.hub.stdio, stdin: toHub, stdout: fromHub, maxMessageBytes: 1_000_000 });
    const lines = createInterface({ input: fromHub })[Symbol.asyncIterator]();
    const meta = { "io.modelcontextprotocol/protocolVersion": era, "io.modelcontextprotocol/clientCapabilities": {} };
    const ask = async (id: number, method: string, params: object) => {
      toHub.write(
        `${JSON.stringify({ jsonrpc: "2.0", id, method, params: era === "2026-07-28" ? { ...params, _meta: meta } : params })}\n`,
      );
      for (;;) {
        // A list that has just changed may be told before the answer.
        const message = JSON.parse((await lines.next()).value as string) as { id?: number; result: Record<string, unknown> };
        if (message.id === id) return message;
      }
    };
    if (era === "2025-11-25") await ask(0, "initialize", { protocolVersion: era, capabilities: {}, clientInfo: info });
    expect((await ask(1, "tools/call", { name: "local__echo", arguments: { text: era } })).result["content"]).toEqual([
      { type: "text", text: era },
    ]);
    toHub.end();
    await served;
  }
});

test("clients with a session hear that a list they have seen changed", async () => {
  await using upstream = startHttpUpstream();
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const client = new OldClient(info);
  const gone = Promise.withResolvers<void>();
  client.setNotificationHandler(ToolListChangedNotificationSchema, async () => {
    const { tools } = await client.listTools();
    if (!tools.some(({ name }) => name.startsWith("remote__"))) gone.resolve();
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`)));
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain("remote__add");
  upstream.offer({ tools: [] });
  await gone.promise;
  await client.close();
});

test("progress reaches the client that asked, cancelling reaches the server", async () => {
  await using hub = await hubWithEcho();
  const client = new OldClient(info);
  await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`)));
  const seen: number[] = [];
  await client.callTool({ name: "local__slow", arguments: { steps: 3, ms: 1 } }, undefined, {
    onprogress: ({ progress }) => seen.push(progress),
  });
  expect(seen).toEqual([1, 2, 3]);
  const stop = new AbortController();
  const call = client.callTool({ name: "local__slow", arguments: { steps: 1_000, ms: 5 } }, undefined, {
    signal: stop.signal,
    onprogress: () => stop.abort(),
  });
  expect(call).rejects.toThrow();
  const { data } = await hub.event("catalog.called", ({ target, outcome }) => target === "local.slow" && outcome !== "OK");
  expect(data).toMatchObject({ outcome: "CANCELLED" });
  await client.close();
});

test("arguments that do not fit are a result the model can read, an unknown tool is a protocol error, and no server is bothered", async () => {
  await using upstream = startHttpUpstream();
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const before = upstream.requests.filter(({ message }) => message?.method === "tools/call").length;
  const client = new OldClient(info);
  await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`)));
  const result = await client.callTool({ name: "remote__add", arguments: { a: "two" } });
  expect(result.isError).toBe(true);
  expect(JSON.stringify(result.content)).toContain("VALIDATION");
  expect(client.callTool({ name: "remote__nothing", arguments: {} })).rejects.toMatchObject({ code: -32602 });
  expect(upstream.requests.filter(({ message }) => message?.method === "tools/call")).toHaveLength(before);
  await client.close();
});

test("G5 a session that is unknown, ended or another door's is 404, so that the client begins anew", async () => {
  await using hub = await hubWithEcho();
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const post = (path: string, body: object, session?: string) =>
    fetch(`${hub.url}${path}`, {
      method: "POST",
      headers: { ...headers, ...(session && { "mcp-session-id": session }) },
      body: JSON.stringify(body),
    });
  const initialize = {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: info },
  };
  const ping = { jsonrpc: "2.0", id: 2, method: "ping" };
  const session = (await post("/mcp", initialize)).headers.get("mcp-session-id")!;
  expect((await post("/mcp", ping, session)).status).toBe(200);
  expect((await post("/mcp/s/local", ping, session)).status).toBe(404);
  expect((await post("/mcp", ping, "made-up")).status).toBe(404);
  expect((await fetch(`${hub.url}/mcp`, { method: "DELETE", headers: { "mcp-session-id": session } })).ok).toBe(true);
  expect((await post("/mcp", ping, session)).status).toBe(404);
});

test("F1 F2 every door refuses foreign hosts and origins", async () => {
  await using hub = await testHub({});
  for (const path of ["/mcp", "/mcp/s/hub", "/sse", "/messages?sessionId=x", "/api/v2/servers"])
    for (const headers of [
      ["host", "evil.example"],
      ["origin", "https://evil.example"],
      ["origin", "null"],
    ].map(([name, value]) => ({ [name!]: value! })))
      expect((await fetch(`${hub.url}${path}`, { headers })).status).toBe(403);
});

test("a hub with nothing configured answers with its own tools", async () => {
  await using hub = await testHub({});
  const client = new OldClient(info);
  await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`)));
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(["hub__integrations__list", "hub__tools__call", "hub__tools__list"]);
  const listed = await client.callTool({ name: "hub__integrations__list", arguments: {} });
  expect(listed.structuredContent).toMatchObject({ integrations: [{ name: "hub", is_connected: true }] });
  await client.close();
});

test("three steps lead to any tool: list integrations, list tools, call", async () => {
  await using hub = await hubWithEcho();
  const call = async (id: string, args: Record<string, unknown>) =>
    (await hub.client.tools.call({ id, arguments: args })) as { structuredContent?: never; content: unknown };
  const { integrations } = (await call("hub.integrations.list", { include_tools: true })).structuredContent as unknown as {
    integrations: { name: string; tools: unknown[] }[];
  };
  expect(integrations.map(({ name }) => name)).toEqual(["local", "hub"]);
  const { tools } = (await call("hub.tools.list", { provider: "local" })).structuredContent as unknown as { tools: { name: string }[] };
  expect(tools.map(({ name }) => name)).toContain("local.echo");
  for (const tool_name of ["local.echo", "local__echo", "echo"])
    expect((await call("hub.tools.call", { provider: "local", tool_name, arguments: { text: "x" } })).content).toEqual([
      { type: "text", text: "x" },
    ]);
  const status = await call("hub.tools.call", { provider: "hub", tool_name: "hub.status" });
  expect(status.structuredContent).toMatchObject({ name: "hubctl" });
});

test("every call leaves an audit row, whichever door it came through", async () => {
  await using hub = await hubWithEcho();
  const old = new OldClient(info);
  await old.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`)));
  await old.callTool({ name: "local__echo", arguments: { text: "1" } });
  const one = new OldClient(info);
  await one.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp/s/local`)));
  await one.callTool({ name: "echo", arguments: { text: "2" } });
  await fetch(`${hub.url}/api/v2/tools/local.echo/call`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ arguments: { text: "3" } }),
  });
  await hub.client.tools.call({ id: "local.echo", arguments: { text: "4" } });
  await hub.client.tools.call({ id: "hub.tools.call", arguments: { provider: "local", tool_name: "echo", arguments: { text: "5" } } });
  const { items } = await hub.client.audit.list({ action: "tools.call", target: "local.echo" });
  const doors = items.map(({ details }) => (details as { door: string }).door);
  expect(doors.toReversed()).toEqual(["mcp", "mcp-server", "rest", "local", "hub-tool"]);
  expect((await hub.client.audit.verify({})).ok).toBe(true);
  await Promise.all([old.close(), one.close()]);
});
