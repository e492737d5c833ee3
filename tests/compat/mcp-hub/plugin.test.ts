/** What mcphub.nvim does, call by call and in its order, with curl and the arguments it gives to curl. */
import { expect, test } from "bun:test";
import { writeFile } from "node:fs/promises";
import { stdioServer } from "../../support/stdio-server.ts";
import { launch, place, until, type Place } from "./program.ts";
import { freePort } from "../../support/free-port.ts";

const usualVersion = "4.2.1";

interface Health {
  readonly status: string;
  readonly server_id: string;
  readonly version: string;
  readonly servers: readonly ServerObject[];
  readonly workspaces: { readonly current: string; readonly allActive: Record<string, Entry> };
}

interface ServerObject {
  readonly name: string;
  readonly status: string;
  readonly error: string | null;
  readonly config_source: string;
  readonly capabilities: Record<string, unknown[]>;
}

interface Entry {
  readonly cwd: string;
  readonly config_files: readonly string[];
  readonly pid: number;
  readonly activeConnections: number;
}

/** One request of the plugin; a connection that is refused is an error, as it is there. */
async function ask<T = Record<string, unknown>>(port: number, method: string, path: string, body?: unknown): Promise<T> {
  const data = body === undefined ? [] : ["--data-raw", JSON.stringify(body)];
  const json = ["-H", "Content-Type: application/json", "-H", "Accept: application/json"];
  const argv = [
    "curl",
    "-sSL",
    "--compressed",
    "-X",
    method,
    ...json,
    ...data,
    "--connect-timeout",
    "1",
    `http://localhost:${port}/api/${path}`,
  ];
  const child = Bun.spawn(argv, { stdout: "pipe", stderr: "pipe" });
  const text = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error(await new Response(child.stderr).text());
  return JSON.parse(text) as T;
}

/** The plugin's stream: what curl prints, cut where its parser cuts it. */
function follow(port: number) {
  const retries = ["--retry", "5", "--retry-delay", "1", "--retry-connrefused", "--keepalive-time", "60"];
  const child = Bun.spawn(["curl", "--no-buffer", "--tcp-nodelay", ...retries, `http://localhost:${port}/api/events`], {
    stdout: "pipe",
    stderr: "ignore",
  });
  const seen: { event: string; data: Record<string, unknown>; at: number }[] = [];
  const read = async () => {
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      const frames = (text + decoder.decode(chunk, { stream: true })).split("\n\n");
      text = frames.pop()!;
      for (const frame of frames) {
        const [, event, data] = /^event: (.*)\ndata: (\{.*\})$/.exec(frame) ?? [];
        if (event === undefined) throw new Error(`the plugin drops ${frame}`);
        seen.push({ event, data: JSON.parse(data!) as Record<string, unknown>, at: performance.now() });
      }
    }
    return child.exited;
  };
  return {
    seen,
    /** curl's exit code: 0 for a stream that ended in order. */
    ended: read(),
    states: () => seen.filter(({ event }) => event === "hub_state").map(({ data }) => data["state"]),
    leave: () => child.kill(),
  };
}

const files = ["global.json", "project.json"] as const;

/** Starts the program as the plugin does: at once, with the editor's environment. */
const spawnHub = (at: Place, port: number) =>
  launch(
    "ours",
    ["--port", String(port), ...files.flatMap((file) => ["--config", file]), "--auto-shutdown", "--shutdown-delay", "1500", "--watch"],
    { at, env: { CWD: at.home, MCP_HUB_ENV: JSON.stringify({ FROM_EDITOR: "1", PATH: process.env["PATH"] }), EDITOR: "nvim" } },
  );

const config = (echo: object = {}) => ({ mcpServers: { echo: { ...stdioServer("echo"), ...echo } } });

async function prepared(): Promise<{ at: Place; port: number }> {
  const at = await place();
  await at.write("global.json", config());
  await at.write("project.json", { servers: { off: { ...stdioServer("echo"), disabled: true } } });
  return { at, port: freePort() };
}

const healthy = (port: number) => ask<Health>(port, "GET", "health");
const serverOf = async (port: number, name: string) => (await healthy(port)).servers.find((server) => server.name === name)!;

/** The process behind the echo server. */
async function pidOfEcho(port: number): Promise<number> {
  const { result } = await ask<{ result: { content: { text: string }[] } }>(port, "POST", "servers/tools", {
    server_name: "echo",
    tool: "environment",
    arguments: {},
    request_options: { timeout: 60_000 },
  });
  return (JSON.parse(result.content[0]!.text) as { pid: number }).pid;
}

test("the version gate, the start, and the look at what runs", async () => {
  const { at, port } = await prepared();
  await using _ = at;
  const { code, stdout } = await launch("ours", ["--version"], { at }).ended;
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+/.exec(stdout.split("\n")[0]!)!;
  expect([code, Number(major), Number(minor) >= 2]).toEqual([0, 4, true]);
  await expect(healthy(port)).rejects.toThrow("connect");

  await using hub = spawnHub(at, port);
  const events = follow(port);
  await until(() => events.states().includes("ready"));
  const { status, server_id, version, servers, workspaces } = await healthy(port);
  expect({ status, server_id, version }).toEqual({ status: "ok", server_id: "mcp-hub", version: usualVersion });
  expect(workspaces.allActive[workspaces.current]!.config_files).toEqual([...files]);
  expect(servers.map((server) => [server.name, server.status, server.config_source])).toEqual([
    ["echo", "connected", "global.json"],
    ["off", "disabled", "project.json"],
  ]);
  for (const { capabilities } of servers)
    for (const list of ["tools", "resources", "resourceTemplates", "prompts"]) expect(capabilities[list]).toBeArray();
  const environment = await ask<{ result: { content: { text: string }[] } }>(port, "POST", "servers/tools", {
    server_name: "echo",
    tool: "environment",
    arguments: {},
    request_options: { timeout: 60_000 },
  });
  const { env } = JSON.parse(environment.result.content[0]!.text) as { env: Record<string, string> };
  expect(env["FROM_EDITOR"]).toBe("1");
  expect(env).not.toHaveProperty("EDITOR");
  expect(await ask(port, "GET", "marketplace?")).toHaveProperty("servers");
  expect(events.seen.filter(({ event }) => event === "hub_state")[0]!.data).toMatchObject({ server_id: "mcp-hub", pid: hub.pid, port });
  events.leave();
  expect((await hub.ended).code).toBe(0);
}, 30_000);

test("a second editor finds the hub on the list and uses it; the last one that leaves ends it", async () => {
  const { at, port } = await prepared();
  await using _ = at;
  await using hub = spawnHub(at, port);
  const first = follow(port);
  await until(() => first.states().includes("ready"));
  const list = async () => (await Bun.file(at.workspaces).json()) as Record<string, Entry>;
  const [found] = Object.entries(await list()).filter(
    ([, { cwd, config_files, pid }]) => cwd === at.home && Bun.deepEquals(config_files, [...files]) && pid === hub.pid,
  );
  expect(found?.[0]).toBe(String(port));
  expect(await healthy(port)).toMatchObject({ version: usualVersion });
  const second = follow(port);
  await until(() => second.states().includes("ready"));
  await until(async () => (await list())[port]?.activeConnections === 2);
  first.leave();
  await until(async () => (await list())[port]?.activeConnections === 1);
  second.leave();
  const left = performance.now();
  expect((await hub.ended).code).toBe(0);
  expect(performance.now() - left).toBeGreaterThan(1_000);
  expect(await list()).toEqual({});
}, 30_000);

test("toggling by the file and by a request at once starts and stops a server once", async () => {
  const { at, port } = await prepared();
  await using _ = at;
  await using hub = spawnHub(at, port);
  const events = follow(port);
  await until(() => events.states().includes("ready"));
  const file = `${at.home}/global.json`;
  const isSettled = (since: number) =>
    until(() => events.seen.slice(since).some(({ data }) => data["type"] === "config_changed" && data["newConfig"] !== undefined));

  let since = events.seen.length;
  await Promise.all([
    writeFile(file, JSON.stringify(config({ disabled: true }))),
    ask(port, "POST", "servers/stop?disable=true", { server_name: "echo" }),
  ]);
  expect(await serverOf(port, "echo")).toMatchObject({ status: "disabled", error: null });
  await isSettled(since);
  expect(await serverOf(port, "echo")).toMatchObject({ status: "disabled" });

  since = events.seen.length;
  // The plugin truncates the file and writes it again; between the two it is empty.
  await writeFile(file, "");
  const [answer] = await Promise.all([
    ask<{ server: ServerObject }>(port, "POST", "servers/start", { server_name: "echo" }),
    writeFile(file, JSON.stringify(config())),
  ]);
  expect(answer.server.status).toBe("connected");
  const pid = await pidOfEcho(port);
  await isSettled(since);
  await until(() => events.seen.slice(since).some(({ data }) => data["type"] === "servers_updated"));
  expect(await pidOfEcho(port)).toBe(pid);
  const said = events.seen.slice(since).filter(({ event, data }) => event === "log" && data["message"] === "echo is starting");
  expect(said).toHaveLength(1);
  expect(events.seen.slice(since).some(({ event, data }) => event === "log" && data["type"] === "error")).toBe(false);
  events.leave();
  await hub.ended;
}, 30_000);

test("toggling by the file alone is enough, and other servers are left alone", async () => {
  const { at, port } = await prepared();
  await using _ = at;
  await using hub = spawnHub(at, port);
  const events = follow(port);
  await until(() => events.states().includes("ready"));
  const pid = await pidOfEcho(port);
  await at.write("project.json", { servers: { off: { ...stdioServer("echo"), disabled: false, disabled_tools: ["add"] } } });
  await until(() => events.seen.some(({ data }) => data["type"] === "servers_updated"));
  const order = events.seen.filter(({ event }) => event === "subscription_event").map(({ data }) => data["type"]);
  expect(order.filter((type) => ["config_changed", "servers_updating", "servers_updated"].includes(String(type)))).toEqual([
    "config_changed",
    "servers_updating",
    "servers_updated",
  ]);
  const off = await serverOf(port, "off");
  expect(off.status).toBe("connected");
  // The plugin filters by itself and shows what is switched off, so it gets the whole list; the hub's own door does not offer it.
  expect(off.capabilities["tools"]!.map((tool) => (tool as { name: string }).name)).toContain("add");
  expect(await ask(port, "POST", "servers/tools", { server_name: "off", tool: "add", arguments: { a: 1, b: 2 } })).toMatchObject({
    code: "TOOL_ERROR",
  });
  expect(await pidOfEcho(port)).toBe(pid);
  events.leave();
  await hub.ended;
}, 30_000);

test("a hard restart: the port is free when the answer comes, and the stream ends after restarting and stopping", async () => {
  const { at, port } = await prepared();
  await using _ = at;
  await using old = spawnHub(at, port);
  const events = follow(port);
  await until(() => events.states().includes("ready"));
  expect(await ask(port, "POST", "hard-restart")).toMatchObject({ status: "ok" });
  const answered = performance.now();
  await using fresh = spawnHub(at, port);
  const again = follow(port);
  expect(await events.ended).toBe(0);
  expect(events.states().slice(-2)).toEqual(["restarting", "stopping"]);
  expect(events.seen.at(-1)!.at - answered).toBeLessThan(1_000);
  await until(() => again.states().includes("ready"));
  expect((await healthy(port)).workspaces.allActive[port]!.pid).toBe(fresh.pid);
  expect((await old.ended).code).toBe(0);
  // The old hub leaves the list without taking the new one with it.
  expect(((await Bun.file(at.workspaces).json()) as Record<string, Entry>)[port]!.pid).toBe(fresh.pid);
  again.leave();
  await fresh.ended;
}, 30_000);
