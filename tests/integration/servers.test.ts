import { expect, test } from "bun:test";
import { startHttpUpstream } from "../support/fake-upstream.ts";
import { stdioServer } from "../support/stdio-server.ts";
import { testHub } from "../support/test-hub.ts";

const quick = { startTimeoutMs: 3_000 };

test("a well-behaved server over stdio and one over HTTP are listed and called side by side", async () => {
  await using remote = startHttpUpstream();
  await using hub = await testHub({ mcpServers: { local: stdioServer("echo"), remote: { url: remote.url } } });
  await hub.ready("local", "remote");
  const { items } = await hub.client.tools.list({});
  const ids = items.map(({ id }) => id);
  expect(ids).toContain("local.echo");
  expect(ids).toContain("remote.add");
  expect(ids.filter((id) => id.startsWith("local.")).length).toBeGreaterThan(10);
  for (const id of ["local.add", "remote.add"])
    expect((await hub.client.tools.call({ id, arguments: { a: 2, b: 3 } })).content[0]).toMatchObject({ type: "text", text: "5" });
  const detail = await hub.client.servers.get({ name: "remote" });
  expect(detail).toMatchObject({ state: "ready", protocolVersion: "2026-07-28", calls: { total: 1, failed: 0 } });
});

test("D13 servers that misbehave fail with a cause each, and a good one beside them works", async () => {
  const names = ["banner", "invalid-utf8", "crash-at-start", "never-answers", "huge-line", "flood"] as const;
  const mcpServers = Object.fromEntries(names.map((name) => [name, { ...stdioServer(name), ...quick }]));
  await using hub = await testHub({
    hub: { maxMessageBytes: 4_000_000 },
    mcpServers: { ...mcpServers, good: stdioServer("echo"), missing: { command: "no-such-command-anywhere" } },
  });
  await hub.ready("good", "banner");
  const failure = async (name: string) =>
    (await hub.event("servers.failed", (data) => data["name"] === name)).data as { error: string; hint?: string };
  expect((await failure("crash-at-start")).error).toMatch(/exit code 1.*before it spoke MCP: .+/);
  expect((await failure("never-answers")).error).toContain("did not become ready");
  expect((await failure("missing")).error).toContain("no-such-command-anywhere");
  const { items } = await hub.client.tools.list({ source: "huge-line" });
  await expect(hub.client.tools.call({ id: items[0]!.id })).rejects.toThrow("more than 4000000 bytes");
  expect((await failure("flood")).error).toContain("not MCP");
  expect((await hub.client.tools.call({ id: "good.echo", arguments: { text: "still here" } })).isError).toBeFalsy();
}, 20_000);

test("a server that dies comes back, again and again, without anybody's help", async () => {
  await using hub = await testHub({ mcpServers: { mortal: stdioServer("echo") } });
  let pid = 0;
  for (let life = 0; life < 4; life++) {
    const previous = pid;
    await hub.event("servers.state_changed", (data) => data["name"] === "mortal" && data["to"] === "ready");
    pid = await nextPid(hub, previous);
    process.kill(pid, "SIGKILL");
  }
  expect(await nextPid(hub, pid)).not.toBe(pid);
}, 30_000);

async function nextPid(hub: Awaited<ReturnType<typeof testHub>>, not: number): Promise<number> {
  for await (const _ of hub.hub.events.follow({ after: 0, types: ["servers.*"], signal: AbortSignal.timeout(15_000) })) {
    const server = await hub.client.servers.get({ name: "mortal" });
    if (server.state === "ready" && server.pid !== undefined && server.pid !== not) return server.pid;
  }
  throw new Error("the server did not come back");
}

test("a call in flight when its server dies fails as unavailable and is not sent again", async () => {
  await using hub = await testHub({ mcpServers: { mortal: stdioServer("echo") } });
  await hub.ready("mortal");
  expect(hub.client.tools.call({ id: "mortal.crash" })).rejects.toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
  await hub.event("servers.state_changed", (data) => data["from"] === "ready");
});

test("a process that ended is told of by how it ended, and by its last words where they are about that", async () => {
  await using hub = await testHub({ mcpServers: { mortal: stdioServer("echo") } });
  const lost = (says: string) => hub.event("servers.state_changed", ({ from, error }) => from === "ready" && String(error).includes(says));
  await hub.ready("mortal");
  await expect(hub.client.tools.call({ id: "mortal.crash" })).rejects.toThrow();
  await lost("its process ended (exit code 7)");
  process.kill(await nextPid(hub, 0), "SIGKILL");
  await lost("its process ended (signal SIGKILL)");
});

test("one server that never answers delays neither the hub nor the others", async () => {
  const started = performance.now();
  await using hub = await testHub({ mcpServers: { mute: stdioServer("never-answers"), good: stdioServer("echo") } });
  expect(performance.now() - started).toBeLessThan(5_000);
  await hub.ready("good");
  expect((await hub.client.servers.get({ name: "mute" })).state).toBe("starting");
});

test("a changed list reaches the catalog", async () => {
  await using hub = await testHub({ mcpServers: { local: stdioServer("echo") } });
  await hub.ready("local");
  const before = (await hub.client.tools.list({})).items.length;
  await hub.client.tools.call({ id: "local.change" });
  await hub.event("servers.lists_changed", (data) => (data["tools"] as number) > 0 && data["name"] === "local");
  await hub.event("catalog.changed", (data) => (data["tools"] as number) === before + 1);
  expect((await hub.client.tools.list({})).items).toHaveLength(before + 1);
});

test("a restarted hub lists at once what its servers had, before any of them is connected", async () => {
  await using first = await testHub({ mcpServers: { local: stdioServer("echo") } });
  await first.ready("local");
  const known = (await first.client.tools.list({ source: "local" })).items;
  await first.hub.stop();
  await using second = await testHub({ mcpServers: { local: { ...stdioServer("echo") } } }, { home: first.home, listen: false });
  const remembered = second.hub.invoke("tools.list", { source: "local" }) as Promise<{ items: unknown[] }>;
  expect((await remembered).items).toHaveLength(known.length);
  expect((await second.client.servers.get({ name: "local" })).state).toBe("stopped");
  expect((await second.client.tools.call({ id: "local.echo", arguments: { text: "on demand" } })).content[0]).toMatchObject({
    text: "on demand",
  });
});

test("the configuration is followed: only servers that changed are touched, a bad file changes nothing", async () => {
  await using hub = await testHub({ mcpServers: { kept: stdioServer("echo"), dropped: stdioServer("echo") } });
  await hub.ready("kept", "dropped");
  const { pid } = await hub.client.servers.get({ name: "kept" });
  await hub.writeConfig({ mcpServers: { kept: stdioServer("echo"), added: stdioServer("echo") } });
  await hub.ready("added");
  expect((await hub.client.servers.list({})).items.map(({ name }) => name)).toEqual(["kept", "added"]);
  expect((await hub.client.servers.get({ name: "kept" })).pid).toBe(pid);
  await hub.writeConfig("{ mcpServers: { kept: { args: 3 } } ");
  const { data } = await hub.event("config.rejected");
  expect(data).toMatchObject({ file: hub.configFile, line: 1 });
  expect((await hub.client.servers.get({ name: "kept" })).pid).toBe(pid);
});

test("tools the configuration hides are neither listed nor callable", async () => {
  await using hub = await testHub({ mcpServers: { local: { ...stdioServer("echo"), tools: { deny: ["cr*"] }, disabled_tools: ["add"] } } });
  await hub.ready("local");
  const ids = (await hub.client.tools.list({})).items.map(({ id }) => id);
  expect(ids).toContain("local.echo");
  expect(ids).not.toContain("local.crash");
  for (const id of ["local.crash", "local.add"]) expect(hub.client.tools.call({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a filter that changes cuts no call, and holds at once for what is connected", async () => {
  await using hub = await testHub({ mcpServers: { local: stdioServer("echo") } });
  await hub.ready("local");
  const { pid } = await hub.client.servers.get({ name: "local" });
  const slow = hub.client.tools.call({ id: "local.slow", arguments: { steps: 10, ms: 200 } });
  await hub.writeConfig({ mcpServers: { local: { ...stdioServer("echo"), disabled_tools: ["add"] } } });
  await hub.event("config.applied");
  await expect(hub.client.tools.call({ id: "local.add" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await slow).content[0]!["text"]).toBe("done");
  expect((await hub.client.servers.get({ name: "local" })).pid).toBe(pid);
});

test("D5 a child sees only what is declared for it", async () => {
  await using hub = await testHub(
    { mcpServers: { local: { ...stdioServer("echo"), env: { OWN: "1" } } } },
    { env: { SECRET_OF_ANOTHER: "x", HUBCTL_MASTER_KEY: "y".repeat(32) } },
  );
  await hub.ready("local");
  const { content } = await hub.client.tools.call({ id: "local.environment" });
  const { env } = JSON.parse(content[0]!["text"] as string) as { env: Record<string, string> };
  expect(env["OWN"]).toBe("1");
  expect(env).not.toHaveProperty("SECRET_OF_ANOTHER");
  expect(env).not.toHaveProperty("HUBCTL_MASTER_KEY");
});
