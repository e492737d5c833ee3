import { expect, test } from "bun:test";
import { fakeSource } from "../../../../tests/support/fake-source.ts";
import { testEndpoint, type TestEndpoint } from "../../../../tests/support/test-endpoint.ts";

const initialize = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};

function world() {
  const asked: string[] = [];
  const watched: string[][] = [];
  const files = fakeSource("files", {
    tools: [{ name: "read", inputSchema: { type: "object" } }],
    resources: [{ uri: "file:///salaries", name: "salaries" }],
    request: async (method) => {
      asked.push(method);
      return { content: [], contents: [] };
    },
    watch: async (uris) => void watched.push([...uris]),
  });
  const endpoint = testEndpoint([files], { ana: {}, bob: {}, guest: { sources: ["other"] }, mallory: { tenant: "elsewhere" } });
  return { endpoint, asked, watched };
}

const post = (endpoint: TestEndpoint, message: object, { as = "ana", session = "", path = "/mcp" } = {}) =>
  endpoint.ask(path, { method: "POST", body: JSON.stringify(message), headers: session === "" ? {} : { "mcp-session-id": session } }, as);

async function openSession(endpoint: TestEndpoint, as = "ana"): Promise<string> {
  const response = await post(endpoint, initialize, { as });
  await response.text();
  return response.headers.get("mcp-session-id")!;
}

const callTool = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "files__read", arguments: {} } };

test("G4 a session is no session to anybody else, whatever they do with its id, and no server hears of it", async () => {
  const { endpoint, asked } = world();
  await using _ = endpoint;
  const session = await openSession(endpoint);
  for (const as of ["bob", "guest", "mallory"]) {
    expect((await post(endpoint, callTool, { as, session })).status).toBe(404);
    for (const method of ["GET", "DELETE"])
      expect((await endpoint.ask("/mcp", { method, headers: { "mcp-session-id": session } }, as)).status).toBe(404);
  }
  expect(asked).toEqual([]);
  expect((await post(endpoint, callTool, { session })).status).toBe(200);
});

test("G4 HTTP+SSE: who knows a session's id but did not open it cannot post to it", async () => {
  const { endpoint, asked } = world();
  await using _ = endpoint;
  const opened = await endpoint.ask("/sse", { method: "GET" });
  const { value } = await opened.body!.getReader().read();
  const path = /data: (\S+)/.exec(new TextDecoder().decode(value))![1]!;
  await expect(post(endpoint, callTool, { as: "bob", path })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(post(endpoint, callTool, { path: path.slice(0, -1) })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(asked).toEqual([]);
  expect((await post(endpoint, initialize, { path })).status).toBe(202);
});

test("G4 an event of a session is replayed to nobody but who opened it", async () => {
  const { endpoint } = world();
  await using _ = endpoint;
  const session = await openSession(endpoint);
  const told = await (await post(endpoint, callTool, { session })).text();
  const event = /id: (\S+)/.exec(told)![1]!;
  const resume = (as: string, id: string) =>
    endpoint.ask("/mcp", { method: "GET", headers: { "mcp-session-id": id, "last-event-id": event } }, as);
  for (const as of ["bob", "mallory"]) {
    expect((await resume(as, session)).status).toBe(404);
    expect((await resume(as, await openSession(endpoint, as))).status).toBe(400);
  }
  expect((await resume("ana", session)).status).toBe(200);
});

test("G5 an id that is cut, made up or whose session has been idle too long is 404", async () => {
  const { endpoint } = world();
  await using _ = endpoint;
  const session = await openSession(endpoint);
  for (const other of [session.slice(0, -1), `${session}0`, session.toUpperCase().replace(/.$/, "!"), "1", "__proto__"])
    expect((await post(endpoint, callTool, { session: other })).status).toBe(404);
  await endpoint.clock.advance(200_000);
  expect((await post(endpoint, callTool, { session })).status).toBe(404);
  expect(endpoint.sessions()).toEqual({ http: 0, sse: 0 });
});

test("where there is no more room, who is silent makes way for who comes, but nobody who is there", async () => {
  const { endpoint } = world();
  await using _ = endpoint;
  const [silent, held] = [await openSession(endpoint), await openSession(endpoint)];
  await endpoint.ask("/mcp", { method: "GET", headers: { "mcp-session-id": held } });
  await endpoint.clock.advance(30_000);
  const recent = await openSession(endpoint);
  await expect(post(endpoint, initialize)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await endpoint.clock.advance(30_001);
  const come = await openSession(endpoint);
  const statuses = [];
  for (const session of [silent, held, recent, come]) statuses.push((await post(endpoint, callTool, { session })).status);
  expect(statuses).toEqual([404, 200, 200, 200]);
});

test("a session lives as long as its client holds the standalone stream", async () => {
  const { endpoint } = world();
  await using _ = endpoint;
  const session = await openSession(endpoint);
  const leaving = new AbortController();
  await endpoint.ask("/mcp", { method: "GET", headers: { "mcp-session-id": session }, signal: leaving.signal });
  await endpoint.clock.advance(200_000);
  expect(endpoint.sessions().http).toBe(1);
  leaving.abort();
  await endpoint.clock.advance(200_000);
  expect(endpoint.sessions().http).toBe(0);
});

test("G12 nobody watches a resource that they may not read, by guessing its URI either", async () => {
  const { endpoint, watched } = world();
  await using _ = endpoint;
  const subscribe = { jsonrpc: "2.0", id: 1, method: "resources/subscribe", params: { uri: "file:///salaries" } };
  const answer = await post(endpoint, subscribe, { as: "guest", session: await openSession(endpoint, "guest") });
  expect(await answer.text()).toContain("There is no resource file:///salaries");
  expect(watched).toEqual([]);
  const own = await post(endpoint, subscribe, { session: await openSession(endpoint) });
  expect(await own.text()).toContain(`"result":{}`);
  expect(watched).toEqual([["file:///salaries"]]);
});

const listen = (uri: string) => ({
  jsonrpc: "2.0",
  id: 9,
  method: "subscriptions/listen",
  params: {
    notifications: { resourceSubscriptions: [uri] },
    _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {} },
  },
});
const listenHeaders = { "mcp-protocol-version": "2026-07-28", "mcp-method": "subscriptions/listen" };

test("G12 a stream of 2026 is told of a resource once each time, and only where its principal may read it", async () => {
  const { endpoint, watched } = world();
  await using _ = endpoint;
  const open = async (as: string) => {
    const body = JSON.stringify(listen("file:///salaries"));
    const reader = (await endpoint.ask("/mcp", { method: "POST", body, headers: listenHeaders }, as)).body!.getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    return { reader, next, acknowledged: await next() };
  };
  const [ana, bob, guest] = [await open("ana"), await open("bob"), await open("guest")];
  expect(ana.acknowledged).toContain("file:///salaries");
  expect(guest.acknowledged).not.toContain("file:///salaries");
  expect(watched).toEqual([["file:///salaries"]]);
  endpoint.watches.updated("files", "file:///salaries");
  endpoint.watches.updated("files", "file:///salaries");
  for (const { next } of [ana, bob]) {
    const told = (await next()) + (await next());
    expect(told.match(/notifications\/resources\/updated/g)).toHaveLength(2);
  }
  await ana.reader.cancel();
  expect(watched).toHaveLength(1);
  await bob.reader.cancel();
  expect(watched.at(-1)).toEqual([]);
  await guest.reader.cancel();
});

const envelope = { "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {} };

/** A list as a client of 2026-07-28 gets it. */
async function list(endpoint: TestEndpoint, { path = "/mcp", as = "ana", cursor }: { path?: string; as?: string; cursor?: string } = {}) {
  const message = { jsonrpc: "2.0", id: 1, method: "tools/list", params: { ...(cursor !== undefined && { cursor }), _meta: envelope } };
  const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" };
  const response = await endpoint.ask(path, { method: "POST", headers, body: JSON.stringify(message) }, as);
  return ((await response.json()) as { result: { tools: { name: string }[]; nextCursor?: string } }).result;
}

test("how long a list may be kept is what its server says, and for all together what the most careful says", async () => {
  const long = fakeSource("long", { caching: () => ({ ttlMs: 60_000, cacheScope: "public" }) });
  const short = fakeSource("short", {
    caching: () => ({ ttlMs: 5_000, cacheScope: "public" }),
    tools: [...long.tools, { name: "write", inputSchema: { type: "object" } }],
  });
  await using endpoint = testEndpoint([long, short], { ana: {}, reader: { readOnly: true } });
  expect(await list(endpoint)).toMatchObject({ ttlMs: 5_000, cacheScope: "private" });
  expect(await list(endpoint, { path: "/mcp/s/long" })).toMatchObject({ ttlMs: 60_000, cacheScope: "public" });
  // Where somebody does not see everything, it is not for everybody.
  expect(await list(endpoint, { path: "/mcp/s/short", as: "reader" })).toMatchObject({ ttlMs: 5_000, cacheScope: "private" });
  await using silent = testEndpoint([long, fakeSource("silent")], { ana: {} });
  expect(await list(silent)).toMatchObject({ ttlMs: 0, cacheScope: "private" });
  const session = await openSession(endpoint);
  const old = await (await post(endpoint, { jsonrpc: "2.0", id: 2, method: "tools/list" }, { session })).text();
  expect(old).toContain("long__read");
  expect(old).not.toContain("ttlMs");
});

test("a very long list comes in pages, at every door and in both eras", async () => {
  const tools = Array.from({ length: 1_500 }, (_, index) => ({ name: `t${index}`, inputSchema: { type: "object" } }));
  await using endpoint = testEndpoint([fakeSource("many", { tools })], { ana: {} });
  for (const path of ["/mcp", "/mcp/s/many"]) {
    const first = await list(endpoint, { path });
    const second = await list(endpoint, { path, cursor: first.nextCursor });
    expect([first.tools.length, second.tools.length, second.nextCursor]).toEqual([1_000, 500, undefined]);
    expect(new Set([...first.tools, ...second.tools].map(({ name }) => name)).size).toBe(1_500);
  }
  const session = await openSession(endpoint);
  const ask = (params: object) => post(endpoint, { jsonrpc: "2.0", id: 2, method: "tools/list", params }, { session });
  expect(await (await ask({})).text()).toContain("nextCursor");
  expect(await (await ask({ cursor: "7" })).text()).toContain("-32602");
});
