/** What was broken in mcp-hub 4.2.1 and works here; the numbers are those of the notes. */
import { expect, test } from "bun:test";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { stdioServer } from "../../support/stdio-server.ts";
import { startHttpUpstream } from "../../support/fake-upstream.ts";
import { testHub, type TestHub } from "../../support/test-hub.ts";
import { followEvents } from "./follow-events.ts";
import { until } from "./program.ts";

type Json = Record<string, unknown>;

interface ServerObject extends Json {
  readonly status: string;
  readonly error: string | null;
  readonly capabilities: { readonly tools: readonly { readonly name: string }[] };
}

async function ask<T = Json>(hub: TestHub, path: string, body?: object, headers: Record<string, string> = {}): Promise<T> {
  const response = await fetch(`${hub.url}/api/${path}`, {
    headers: { "content-type": "application/json", ...headers },
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
}

const server = async (hub: TestHub, name: string) =>
  (await ask<{ servers: (ServerObject & { name: string })[] }>(hub, "servers")).servers.find((one) => one.name === name)!;

const call = (hub: TestHub, tool: string, args: object = {}) =>
  ask<{ result?: { content: { text: string }[] }; code?: unknown }>(hub, "servers/tools", { server_name: "echo", tool, arguments: args });

const echo = { mcpServers: { echo: stdioServer("echo") } };

test("1: a server that dies is seen to, and comes back by itself and when it is asked to", async () => {
  await using hub = await testHub(echo);
  await hub.ready("echo");
  await using events = await followEvents(`${hub.url}/api`);
  await events.next("hub_state", ({ state }) => state === "ready");
  expect((await call(hub, "crash")).code).toBe(-32000);
  await events.next("subscription_event", ({ type }) => type === "servers_updated");
  const started = await ask<{ server: ServerObject }>(hub, "servers/start", { server_name: "echo" });
  expect(started.server.status).toBe("connected");
  expect((await call(hub, "echo", { text: "back" })).result!.content[0]!.text).toBe("back");
}, 20_000);

test("2: a server that hangs keeps the hub from being ready for seconds, not minutes, and is told of when it comes to an end", async () => {
  await using hub = await testHub({
    mcpServers: { mute: { ...stdioServer("never-answers"), startTimeoutMs: 7_000 }, echo: stdioServer("echo") },
  });
  await using events = await followEvents(`${hub.url}/api`);
  expect(await ask(hub, "health")).toMatchObject({ state: "starting" });
  await events.next("hub_state", ({ state }) => state === "ready");
  expect((await server(hub, "mute")).status).toBe("connecting");
  expect((await server(hub, "echo")).status).toBe("connected");
  await events.next(
    "subscription_event",
    ({ type, changes }) => type === "servers_updated" && Bun.deepEquals(changes, { modified: ["mute"] }),
  );
  expect(await server(hub, "mute")).toMatchObject({ status: "disconnected", error: expect.stringContaining("did not become ready") });
}, 30_000);

test("3, 10: /mcp speaks Streamable HTTP, with every page of the lists, and is fresh after a stop and a start", async () => {
  await using hub = await testHub(echo);
  await hub.ready("echo");
  const client = new Client({ name: "codex", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`)));
  const names = async () => (await client.listTools()).tools.map(({ name }) => name).filter((name) => name.startsWith("echo__"));
  let changes = 0;
  client.fallbackNotificationHandler = async ({ method }) => {
    if (method === "notifications/tools/list_changed") changes++;
  };
  const all = await names();
  expect(all.length).toBe(13);
  expect(all.length).toBe((await server(hub, "echo")).capabilities.tools.length);
  await expect(client.callTool({ name: "echo__nothing" })).rejects.toMatchObject({ code: -32602 });
  await ask(hub, "servers/stop?disable=true", { server_name: "echo" });
  expect((await server(hub, "echo")).capabilities.tools).toEqual([]);
  expect(await names()).toEqual([]);
  await until(() => changes === 1);
  await ask(hub, "servers/start", { server_name: "echo" });
  expect(await names()).toEqual(all);
  await until(() => changes === 2);
  await ask(hub, "servers/tools", { server_name: "echo", tool: "change" });
  await until(() => changes === 3);
  expect(await names()).toHaveLength(14);
  await client.close();
}, 20_000);

test("4, 14: asking to sign in where nothing can be opened leaves the hub alive", async () => {
  await using hub = await testHub(echo, { env: { PATH: "/nowhere" } });
  for (const server_name of ["echo", "nobody"])
    expect(await ask(hub, "servers/authorize", { server_name })).toMatchObject({ code: "OPEN_REQUEST_ERROR", error: expect.any(String) });
  expect(await ask(hub, "health")).toMatchObject({ status: "ok" });
});

test("14: what nobody caught is told, and ends nothing", async () => {
  const program = `
    import { systemTerminal } from "#cli/terminal.ts";
    systemTerminal().onBug((cause) => console.log("told of", cause.message));
    void Promise.reject(new Error("a rejection"));
    setTimeout(() => { throw new Error("an exception"); }, 1);
    setTimeout(() => console.log("alive"), 50);
  `;
  const child = Bun.spawn([process.execPath, "-e", program], { cwd: join(import.meta.dir, "../../.."), stdout: "pipe", stderr: "pipe" });
  expect(await new Response(child.stdout).text()).toBe("told of a rejection\ntold of an exception\nalive\n");
  expect(await child.exited).toBe(0);
});

test("7: pages of others reach nothing, neither by their name, nor by a form, nor by a GET", async () => {
  await using hub = await testHub(echo);
  await hub.ready("echo");
  const status = async (path: string, init: RequestInit) => (await fetch(`${hub.url}/api/${path}`, init)).status;
  expect(await status("servers", { headers: { host: "evil.example" } })).toBe(403);
  expect(await status("refresh", { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" } })).toBe(403);
  for (const path of ["restart", "hard-restart"])
    expect(await status(path, { method: "POST", headers: { origin: "https://evil.example" } })).toBe(403);
  expect(await status("events", { headers: { origin: "https://evil.example" } })).toBe(403);
  expect(new URL(hub.url).hostname).toBe("127.0.0.1");
});

test("9: a body may have 4 MiB, and what is refused is refused in JSON", async () => {
  await using hub = await testHub(echo);
  await hub.ready("echo");
  const text = "x".repeat(3 * 1024 * 1024);
  expect((await call(hub, "echo", { text })).result!.content[0]!.text).toHaveLength(text.length);
  const refused = await fetch(`${hub.url}/api/servers/tools`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ server_name: "echo", tool: "echo", arguments: { text: text + text } }),
  });
  expect([refused.status, refused.headers.get("content-type")]).toEqual([413, "application/json;charset=utf-8"]);
  expect(await ask(hub, "servers/info", [] as object)).toMatchObject({ code: "VALIDATION_ERROR" });
});

test("12: a server that was added later tells of its changes, and one that moves to another transport is connected there", async () => {
  await using upstream = startHttpUpstream();
  await using hub = await testHub({ mcpServers: { moving: stdioServer("echo") } });
  await hub.ready("moving");
  await using events = await followEvents(`${hub.url}/api`);
  await events.next("hub_state", ({ state }) => state === "ready");
  await hub.writeConfig({ mcpServers: { moving: { url: upstream.url }, echo: stdioServer("echo") } });
  await events.next(
    "subscription_event",
    ({ type, changes }) => type === "servers_updated" && (changes as { added?: string[] }).added?.[0] === "echo",
  );
  expect(await server(hub, "moving")).toMatchObject({ status: "connected", transportType: "sse" });
  await call(hub, "change");
  const { data } = await events.next(
    "subscription_event",
    ({ type, tools }) => type === "tool_list_changed" && (tools as unknown[]).length === 14,
  );
  expect(data["server"]).toBe("echo");
}, 20_000);

test("13: a server that ignores SIGTERM is gone with the hub, and so is its child", async () => {
  const hub = await testHub({ mcpServers: { echo: stdioServer("ignores-sigterm") } });
  await hub.ready("echo");
  const { result } = await call(hub, "pids");
  const { pid, child } = JSON.parse(result!.content[0]!.text) as { pid: number; child: number };
  await hub[Symbol.asyncDispose]();
  // A process that has ended may wait for its parent to notice.
  const state = (one: number) =>
    Bun.spawnSync(["ps", "-o", "stat=", "-p", String(one)])
      .stdout.toString()
      .trim();
  for (const gone of [pid, child]) expect(state(gone)).toMatch(/^Z|^$/);
}, 20_000);

test("18: the entry of a hub that was killed is not shown", async () => {
  const home = join(import.meta.dir, `.home-${process.pid}`);
  const stateDirectory = join(home, ".local/state/mcp-hub");
  await mkdir(stateDirectory, { recursive: true });
  const dead = Bun.spawn(["true"]);
  await dead.exited;
  await Bun.write(join(stateDirectory, "workspaces.json"), JSON.stringify({ 1: { pid: dead.pid, port: 1, cwd: "/", config_files: [] } }));
  try {
    await using hub = await testHub({}, { home });
    const { workspaces } = await ask<{ workspaces: object }>(hub, "workspaces");
    expect(Object.keys(workspaces)).toEqual([String(hub.hub.gateway!.listener.port)]);
    expect((await hub.client.workspaces.list({})).items).toMatchObject([{ current: true, pid: process.pid }]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

test("20: a configuration file that is deleted and made again is read", async () => {
  await using hub = await testHub(echo);
  await hub.ready("echo");
  await rm(hub.configFile);
  await until(async () => (await ask<{ servers: [] }>(hub, "servers")).servers.length === 0);
  await hub.writeConfig(echo);
  await until(async () => (await server(hub, "echo"))?.status === "connected");
}, 20_000);

test("22: after a restart the hub is ready again, also after one that failed", async () => {
  await using hub = await testHub(echo);
  await hub.ready("echo");
  await using events = await followEvents(`${hub.url}/api`);
  await events.next("hub_state", ({ state }) => state === "ready");
  expect(await ask(hub, "restart", {})).toMatchObject({ status: "ok" });
  expect(await ask(hub, "health")).toMatchObject({ state: "ready" });
  await hub.writeConfig("{ half");
  const failed = await fetch(`${hub.url}/api/restart`, { method: "POST" });
  expect([failed.status, ((await failed.json()) as Json)["code"]]).toEqual([500, "CONFIG_ERROR"]);
  expect(await ask(hub, "health")).toMatchObject({ state: "ready", servers: [{ status: "connected" }] });
  const states = events.seen.filter(({ event }) => event === "hub_state").map(({ data }) => data["state"]);
  expect(states).toEqual(["ready", "restarting", "restarted", "restarting", "ready"]);
}, 20_000);

test("23: what a server said before it died is in its error", async () => {
  await using hub = await testHub({ mcpServers: { crash: stdioServer("crash-at-start") } });
  const { code, data } = await ask<{ code: string; data: { error: string } }>(hub, "servers/start", { server_name: "crash" });
  expect(code).toBe("CONNECTION_ERROR");
  expect(data.error).toContain("FAKE_TOKEN is not set");
  expect((await server(hub, "crash")).error).toContain("FAKE_TOKEN is not set");
});

test("dev mode: a changed source restarts its server, and says which file it was", async () => {
  const home = join(import.meta.dir, `.sources-${process.pid}`);
  await mkdir(home, { recursive: true });
  await Bun.write(join(home, "main.ts"), "1");
  try {
    await using hub = await testHub({
      mcpServers: { echo: { ...stdioServer("echo"), dev: { enabled: true, watch: ["**/*.ts"], cwd: home } } },
    });
    await hub.ready("echo");
    await using events = await followEvents(`${hub.url}/api`);
    await events.next("hub_state", ({ state }) => state === "ready");
    const pid = async () => (JSON.parse((await call(hub, "environment")).result!.content[0]!.text) as { pid: number }).pid;
    const before = await pid();
    await Bun.write(join(home, "later.ts"), "2");
    const about = { changes: { modified: ["echo"] }, reason: "dev_file_change", files: ["later.ts"] };
    expect((await events.next("subscription_event", ({ type }) => type === "servers_updating")).data).toMatchObject(about);
    const { data } = await events.next("subscription_event", ({ type }) => type === "servers_updated");
    expect(data).toMatchObject({ ...about, newCapabilities: { tools: expect.any(Array), prompts: expect.any(Array) } });
    expect(await pid()).not.toBe(before);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}, 20_000);
