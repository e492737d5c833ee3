import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { Server, type ServerContext, type Transport } from "@modelcontextprotocol/server";
import { expect, spyOn, test } from "bun:test";
import { startHttpUpstream } from "../support/fake-upstream.ts";
import type { FakeTool } from "../support/fake-server.ts";
import { says } from "../support/fake-tools.ts";
import { stdioServer } from "../support/stdio-server.ts";
import { testHub, type TestHub } from "../support/test-hub.ts";

const info = { name: "test", version: "1" };
const revision = "2026-07-28";

/** Waits until as many calls are under way as the test wants, so that all of them overlap, and answers with its token. */
function meetingTool(together: number): FakeTool {
  let waiting: (() => void)[] = [];
  return {
    name: "meet",
    description: "Waits for the others and says its token",
    inputSchema: { type: "object", properties: { token: { type: "string" } } },
    async call({ token }, { mcpReq }: ServerContext) {
      const progressToken = mcpReq._meta?.progressToken;
      await new Promise<void>((resolve) => {
        if (waiting.push(resolve) < together) return;
        for (const go of waiting.toReversed()) go();
        waiting = [];
      });
      if (progressToken !== undefined)
        await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress: 1, message: String(token) } });
      await mcpReq.log("info", String(token));
      return says(String(token));
    },
  };
}

interface Caller {
  /** Calls with the given JSON-RPC id and gives back all that the caller was told. */
  call(id: number, tool: string, token: string): Promise<{ readonly answer: string; readonly told: readonly string[] }>;
}

interface Heard {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly message?: string; readonly data?: unknown };
  readonly result?: { readonly content: readonly { readonly text: string }[] };
  readonly error?: unknown;
}

const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };

/** A caller who writes its own messages, so that every one of them can use the same id. */
function caller(hub: TestHub, headers: Record<string, string>, meta: Record<string, unknown>): Caller {
  return {
    async call(id, tool, token) {
      const modern = "mcp-protocol-version" in headers && headers["mcp-protocol-version"] === revision;
      const response = await fetch(`${hub.url}/mcp`, {
        method: "POST",
        headers: { ...json, ...headers, ...(modern && { "mcp-method": "tools/call", "mcp-name": tool }) },
        body: JSON.stringify({
          jsonrpc: "2.0",
          id,
          method: "tools/call",
          params: { name: tool, arguments: { token }, _meta: { ...meta, progressToken: 1 } },
        }),
      });
      const heard = messagesIn(await response.text());
      const told = heard.flatMap(({ method, params }) => (method === undefined ? [] : [String(params?.message ?? params?.data)]));
      const answers = heard.filter((message) => message.id === id);
      expect(answers).toHaveLength(1);
      return { answer: answers[0]!.result?.content[0]?.text ?? JSON.stringify(answers[0]), told };
    },
  };
}

const messagesIn = (body: string): Heard[] =>
  (body.startsWith("{") ? [body] : [...body.matchAll(/^data: (.+)$/gm)].map(([, data]) => data!)).map((text) => JSON.parse(text) as Heard);

async function sessionCaller(hub: TestHub): Promise<Caller> {
  const opened = await fetch(`${hub.url}/mcp`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 0,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: info },
    }),
  });
  await opened.text();
  return caller(hub, { "mcp-session-id": opened.headers.get("mcp-session-id")!, "mcp-protocol-version": "2025-11-25" }, {});
}

const requestCaller = (hub: TestHub): Caller =>
  caller(
    hub,
    { "mcp-protocol-version": revision },
    {
      "io.modelcontextprotocol/protocolVersion": revision,
      "io.modelcontextprotocol/clientCapabilities": {},
      "io.modelcontextprotocol/logLevel": "debug",
    },
  );

const callers = (hub: TestHub, count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => (index % 2 === 0 ? sessionCaller(hub) : requestCaller(hub))));

test("G1 G2 G11 a hundred clients of both eras with equal ids over slow servers of both eras: nothing reaches anybody else", async () => {
  const clients = 100;
  await using old = startHttpUpstream({ legacyOnly: true, tools: [meetingTool(clients)] });
  await using young = startHttpUpstream({ tools: [meetingTool(clients)] });
  await using hub = await testHub({ hub: { maxConcurrentCalls: 500 }, mcpServers: { old: { url: old.url }, young: { url: young.url } } });
  await hub.ready("old", "young");
  const all = await callers(hub, clients);
  for (const server of ["old", "young"]) {
    const answers = await Promise.all(all.map((one, index) => one.call(7, `${server}__meet`, `${server}-${index}`)));
    expect(answers.map(({ answer }) => answer)).toEqual(all.map((_, index) => `${server}-${index}`));
    // Over HTTP it is known exactly whose each notification is: everybody hears of their own call, twice, and of no other.
    expect(answers.map(({ told }) => told)).toEqual(all.map((_, index) => [`${server}-${index}`, `${server}-${index}`]));
  }
}, 30_000);

test("G1 G11 over one pipe, answers and progress are everybody's own, and a log line that may be anybody's is nobody's", async () => {
  await using hub = await testHub({ hub: { maxConcurrentCalls: 500 }, mcpServers: { pipe: stdioServer("meeting", "40") } });
  await hub.ready("pipe");
  const all = await callers(hub, 40);
  const answers = await Promise.all(all.map((one, index) => one.call(7, "pipe__meet", `t${index}`)));
  expect(answers.map(({ answer }) => answer)).toEqual(all.map((_, index) => `t${index}`));
  for (const [index, { told }] of answers.entries()) {
    expect(told.filter((token) => token !== `t${index}`)).toEqual([]);
    expect(told).toContain(`t${index}`);
  }
}, 20_000);

test("G3 no server and no transport of the SDK serves two connections", async () => {
  const used: { readonly server: object; readonly transport: Transport }[] = [];
  const connect = Server.prototype.connect;
  const spy = spyOn(Server.prototype, "connect").mockImplementation(function (this: Server, transport: Transport) {
    used.push({ server: this, transport });
    return connect.call(this, transport);
  });
  try {
    await using upstream = startHttpUpstream();
    await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
    await hub.ready("remote");
    used.length = 0;
    const sessions = await Promise.all(
      [0, 1, 2].map(async (index) => {
        const client = new OldClient(info);
        const sse = index === 2;
        await client.connect(
          sse ? new SSEClientTransport(new URL(`${hub.url}/sse`)) : new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`)),
        );
        return client;
      }),
    );
    const modern = new ModernClient(info, { versionNegotiation: { mode: "auto" } });
    await modern.connect(new ModernTransport(new URL(`${hub.url}/mcp`)));
    const add = { name: "remote__add", arguments: { a: 1, b: 2 } };
    await Promise.all([...sessions, ...sessions].map((client) => client.callTool(add)));
    await Promise.all([modern.callTool(add), modern.callTool(add)]);
    expect(used.length).toBeGreaterThanOrEqual(5);
    expect(new Set(used.map(({ server }) => server)).size).toBe(used.length);
    expect(new Set(used.map(({ transport }) => transport)).size).toBe(used.length);
    await Promise.all([...sessions, modern].map((client) => client.close()));
  } finally {
    spy.mockRestore();
  }
});

test("G11 cancelling an id that is another session's too ends only one's own call", async () => {
  await using upstream = startHttpUpstream({ tools: [meetingTool(2)] });
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const [mine, other] = [new OldClient(info), new OldClient(info)];
  for (const client of [mine, other]) await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`)));
  const call = mine.callTool({ name: "remote__meet", arguments: { token: "mine" } });
  await other.notification({ method: "notifications/cancelled", params: { requestId: 1, reason: "not mine" } });
  await other.callTool({ name: "remote__meet", arguments: { token: "other" } });
  expect(await call).toMatchObject({ content: [{ text: "mine" }] });
  await Promise.all([mine.close(), other.close()]);
});

test("G11 a session's log lines reach the session they were made for", async () => {
  await using upstream = startHttpUpstream({ tools: [meetingTool(2)] });
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const heard: unknown[][] = [[], []];
  const clients = await Promise.all(
    heard.map(async (lines) => {
      const client = new OldClient(info);
      client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void lines.push(params.data));
      await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`)));
      return client;
    }),
  );
  await Promise.all(clients.map((client, index) => client.callTool({ name: "remote__meet", arguments: { token: `t${index}` } })));
  expect(heard).toEqual([["t0"], ["t1"]]);
  await Promise.all(clients.map((client) => client.close()));
});
