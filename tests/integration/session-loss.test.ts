import { expect, test } from "bun:test";
import { startFaultUpstream } from "../support/fault-upstream.ts";
import { testHub } from "../support/test-hub.ts";

const rpc = (status: number, code: number, message: string) => () =>
  Response.json({ jsonrpc: "2.0", id: null, error: { code, message } }, { status });
const text = (status: number, body: string) => () => new Response(body, { status });

/** What servers of the field say to a session they do not know, most of them after a restart. */
const shapes: Record<string, () => Response> = {
  "404, the specification's": rpc(404, -32001, "Session not found"),
  "404, another code": rpc(404, -32600, "Not Found: Session has been terminated"),
  "404, internal error": rpc(404, -32603, "Session not found: 3f2a"),
  "404 in plain words": text(404, "session not found\n"),
  "404 without a word": () => new Response(null, { status: 404 }),
  "404 of a framework": () => Response.json({ detail: "Not Found" }, { status: 404 }),
  "404 of a proxy": () => new Response("<html><h1>404</h1></html>", { status: 404, headers: { "content-type": "text/html" } }),
  "410": text(410, "Gone"),
  "404 of another protocol": () => Response.json({ error: { message: "not found" } }, { status: 404 }),
  "400, no valid id": rpc(400, -32000, "Bad Request: No valid session ID provided"),
  "400, not initialized": rpc(400, -32000, "Bad Request: Server not initialized"),
  "400, wants initialize": rpc(400, -32600, "Invalid Request: initialize must come first"),
  "400, missing id": rpc(400, -32600, "Bad Request: Missing session ID"),
  "400, header required": rpc(400, -32602, "Session ID required in mcp-session-id header"),
  "400 in plain words": text(400, "Invalid session ID"),
  "400 of an object": () => Response.json({ error: "invalid_session", message: "unknown session" }, { status: 400 }),
  "400, no transport": text(400, "No transport found for sessionId"),
  "403 of a session": text(403, "Session expired"),
  "409 of a session": text(409, "Session closed"),
  "422, wants initialize": text(422, "Unexpected message, expect initialize request"),
};

for (const transport of ["http", "sse"] as const)
  test(`J2 over ${transport} a forgotten session is known in every shape, and the call is answered in a new one`, async () => {
    await using upstreams = new AsyncDisposableStack();
    const servers = Object.entries(shapes).map(([shape, lostSession], index) => ({
      shape,
      name: `s${index}`,
      upstream: upstreams.use(startFaultUpstream({ transport, lostSession })),
    }));
    await using hub = await testHub({
      mcpServers: Object.fromEntries(servers.map(({ name, upstream }) => [name, { url: upstream.url, type: transport }])),
    });
    await hub.ready(...servers.map(({ name }) => name));
    const outcomes = await Promise.all(
      servers.map(async ({ shape, name, upstream }) => {
        await upstream.break("session 404");
        const answered = await hub.client.tools.call({ id: `${name}.run`, arguments: { token: shape } }).then(
          ({ content }) => (content[0] as unknown as { text: string }).text,
          (cause: Error) => `${shape}: ${cause.message}`,
        );
        return [answered, upstream.runs(shape)];
      }),
    );
    expect(outcomes).toEqual(servers.map(({ shape }) => [shape, 1]));
  });

test("J3 a refusal that has nothing to do with sessions is the caller's to read, and is sent once", async () => {
  for (const refusal of [text(400, "Bad Request"), text(403, "Forbidden"), text(422, "path is missing"), text(500, "Session not found")]) {
    await using upstream = startFaultUpstream({ transport: "http", lostSession: refusal });
    await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
    await hub.ready("remote");
    await upstream.break("session 404");
    const before = upstream.posts;
    const call = hub.client.tools.call({ id: "remote.run", arguments: { token: "x" } });
    await expect(call).rejects.toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
    expect(upstream.posts).toBe(before + 1);
  }
});

test("J3 a call that was under way when another found the session gone is not sent again", async () => {
  await using upstream = startFaultUpstream({ transport: "http" });
  await using hub = await testHub({ mcpServers: { remote: { url: upstream.url } } });
  await hub.ready("remote");
  const run = (token: string) => hub.client.tools.call({ id: "remote.run", arguments: { token } });
  await upstream.break("black hole");
  const under = run("under way");
  under.catch(() => undefined);
  await until(() => upstream.runs("under way") === 1);
  upstream.mend();
  await upstream.break("session 404");
  expect(await run("found out")).toMatchObject({ content: [{ text: "found out" }] });
  await expect(under).rejects.toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
  expect(upstream.runs("under way")).toBe(1);
});

async function until(fits: () => boolean): Promise<void> {
  while (!fits()) await new Promise((resolve) => setImmediate(resolve));
}
