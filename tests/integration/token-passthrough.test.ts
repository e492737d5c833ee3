import { expect, test } from "bun:test";
import fc from "fast-check";
import { startAuthServer } from "../support/fake-auth-server.ts";
import { startHttpUpstream, type HttpUpstream } from "../support/fake-upstream.ts";
import { startProtectedUpstream } from "../support/protected-upstream.ts";
import { signIn } from "../support/sign-in.ts";
import { stdioServer } from "../support/stdio-server.ts";
import { testHub, type TestHub } from "../support/test-hub.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";

const taint = "inbound-secret-5d1f7c";
const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const clientInfo = { name: "test", version: "1" };
const modernMeta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": clientInfo,
  "io.modelcontextprotocol/clientCapabilities": {},
};

type Ask = (hub: TestHub, server: string, headers: Record<string, string>) => Promise<Response>;

const post = (hub: TestHub, path: string, { headers, body }: { headers: Record<string, string>; body: object }) =>
  fetch(`${hub.url}${path}`, { method: "POST", headers: { ...headers, ...json }, body: JSON.stringify(body) });

const callOf = (server: string) => ({ name: `${server}__add`, arguments: { a: 1, b: 2 } });

const doors: Readonly<Record<string, Ask>> = {
  "MCP 2026-07-28": (hub, server, headers) =>
    post(hub, "/mcp", {
      headers: { ...headers, "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": `${server}__add` },
      body: { jsonrpc: "2.0", id: 1, method: "tools/call", params: { ...callOf(server), _meta: modernMeta } },
    }),
  async "MCP 2025-06-18"(hub, server, headers) {
    const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo };
    const opened = await post(hub, "/mcp", { headers, body: { jsonrpc: "2.0", id: 0, method: "initialize", params } });
    await opened.text();
    const session = { ...headers, "mcp-session-id": opened.headers.get("mcp-session-id")!, "mcp-protocol-version": "2025-06-18" };
    return post(hub, "/mcp", { headers: session, body: { jsonrpc: "2.0", id: 1, method: "tools/call", params: callOf(server) } });
  },
  "mcp-hub's API": (hub, server, headers) =>
    post(hub, "/api/servers/tools", { headers, body: { server_name: server, tool: "add", arguments: { a: 1, b: 2 } } }),
  "the operations": (hub, server, headers) =>
    post(hub, `/api/v2/tools/${server}.add/call`, { headers, body: { arguments: { a: 1, b: 2 } } }),
};

const headerName = fc.oneof(
  fc.constantFrom(
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "x-auth-token",
    "x-forwarded-authorization",
    "traceparent",
  ),
  fc.stringMatching(/^x-[a-z]{1,12}$/),
  fc.stringMatching(/^mcp-param-[a-z]{1,8}$/),
);
const credential = fc.constantFrom(`Bearer ${taint}`, `Basic ${btoa(taint)}`, taint, `session=${taint}; a=b`, `DPoP ${taint}`);
const servers = ["plain", "old", "sse", "own", "remote", "local"];
const inbound = fc.record({
  door: fc.constantFrom(...Object.keys(doors)),
  server: fc.constantFrom(...servers),
  headers: fc.dictionary(headerName, credential, { minKeys: 1, maxKeys: 4 }),
});

/** Everything that arrived at a server, as one text. */
const arrivedAt = ({ requests }: HttpUpstream) =>
  JSON.stringify(requests.map(({ headers, message }) => [[...headers], message])).toLowerCase();

test("B14 a credential that a client brings reaches no server behind the hub, through no door", async () => {
  await using auth = startAuthServer();
  await using plain = startHttpUpstream();
  await using old = startHttpUpstream({ legacyOnly: true });
  await using sse = startHttpUpstream({ sse: true });
  await using own = startHttpUpstream();
  await using guarded = startProtectedUpstream(auth);
  const toChild: unknown[] = [];
  await using hub = await testHub(
    {
      mcpServers: {
        plain: { url: plain.url },
        old: { url: old.url },
        sse: { url: sse.url, type: "sse" },
        own: { url: own.url, headers: { authorization: "Bearer of-the-configuration" } },
        remote: { url: guarded.url },
        local: stdioServer("echo"),
      },
    },
    {
      runtime: {
        spawn(argv, options) {
          toChild.push(argv, options);
          const child = systemRuntime.spawn(argv, options);
          const write = (text: string) => {
            toChild.push(text);
            return child.stdin.write(text);
          };
          return { ...child, stdin: { ...child.stdin, write } };
        },
      },
    },
  );
  await signIn(hub);
  await hub.ready(...servers);
  const answered = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(inbound, { minLength: 20, maxLength: 20 }), async (asked) => {
      await Promise.all(
        asked.map(async ({ door, server, headers }) => {
          const response = await doors[door]!(hub, server, headers);
          const text = await response.text();
          if (/"text":"3"/.test(text)) answered.add(`${door} ${server}`);
          expect(text).not.toContain(taint);
        }),
      );
    }),
    { numRuns: 50 },
  );
  const arrived = [...[plain, old, sse, own, guarded].map(arrivedAt), JSON.stringify(toChild).toLowerCase()];
  for (const text of arrived) expect(text).toContain("tools/call");
  const signingIn = JSON.stringify(auth.requests.map(({ headers, fields }) => [...headers, ...fields])).toLowerCase();
  for (const text of [...arrived, signingIn]) {
    for (const secret of [taint, btoa(taint).toLowerCase()]) expect(text).not.toContain(secret);
  }
  expect(JSON.stringify(hub.logged)).not.toContain(taint);
  expect(answered.size).toBe(Object.keys(doors).length * servers.length);
}, 60_000);
