import { expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { stdioServer } from "../../support/stdio-server.ts";
import { followEvents } from "./follow-events.ts";
import { insist, launch, place, programs, start, until, type ProgramName } from "./program.ts";
import { freePort } from "../../support/free-port.ts";

const both: readonly ProgramName[] = ["theirs", "ours"];

/** Runs a command line to its end. */
async function run(name: ProgramName, argv: readonly string[], env?: Record<string, string>) {
  await using at = await place();
  await using program = launch(name, argv, { at, env });
  return await program.ended;
}

const codesIn = (stderr: string) =>
  stderr
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => (JSON.parse(line) as { code?: unknown }).code);

test.each([...both])("%s: --version prints one line and ends with 0", async (name) => {
  expect(await run(name, ["--version"])).toMatchObject({ code: 0, stdout: "4.2.1\n" });
});

test("the version is what the environment or the configuration says", async () => {
  expect((await run("ours", ["--version"], { HUBCTL_MCP_HUB_VERSION: "4.1.1" })).stdout).toBe("4.1.1\n");
  await using at = await place();
  await at.write("servers.json", { mcpServers: {}, hub: { mcpHubVersion: "4.2.0" } });
  await using asked = launch("ours", ["--config", "servers.json", "--version"], { at });
  expect((await asked.ended).stdout).toBe("4.2.0\n");
  await using hub = await start("ours", ["--config", "servers.json"], { at });
  expect(await (await hub.get("health")).json()).toMatchObject({ version: "4.2.0" });
});

test("called by the name of mcp-hub it is mcp-hub, without a word more", async () => {
  const [bun, main] = programs.ours;
  const child = Bun.spawn([bun, main, "--version"], { argv0: "/some/where/mcp-hub", stdout: "pipe", env: { PATH: process.env["PATH"]! } });
  expect(await new Response(child.stdout).text()).toBe("4.2.1\n");
  expect(await child.exited).toBe(0);
});

test("defect 6: what keeps it from running has mcp-hub's code on stderr, and an exit code that is not 0", async () => {
  for (const argv of [[], ["--config", "a.json"], ["--port", "1"]]) {
    const { code, stderr } = await run("ours", argv);
    expect(code).toBe(2);
    expect(codesIn(stderr)).toEqual(["CLI_ARGS_ERROR"]);
  }
  for (const name of both) {
    const { code, stderr } = await run(name, ["--port", "abc", "--config", "a.json"]);
    expect(codesIn(stderr)).toContain("ERR_SOCKET_BAD_PORT");
    expect(code === 0).toBe(name === "theirs");
  }
}, 20_000);

test("a configuration that cannot be used is a CONFIG_ERROR, one that is missing is none", async () => {
  for (const name of both) {
    await using at = await place();
    await at.write("broken.json", `{ mcpServers: { a: { } } }`);
    await using broken = launch(name, ["--port", String(freePort()), "--config", "broken.json"], { at });
    const { code, stderr } = await broken.ended;
    expect(codesIn(stderr)).toContain("CONFIG_ERROR");
    expect(code === 0).toBe(name === "theirs");
    await using missing = await start(name, ["--config", "nowhere.json"], { at });
    expect(await (await missing.get("health")).json()).toMatchObject({ status: "ok" });
  }
}, 20_000);

test("defect 5: a second hub on the same port says EADDRINUSE, fails, and leaves the first one's entry alone", async () => {
  await using at = await place();
  await at.write("servers.json", { mcpServers: {} });
  await using first = await start("ours", ["--config", "servers.json"], { at });
  await using second = launch("ours", ["--port", String(first.port), "--config", "servers.json"], { at });
  const { code, stderr } = await second.ended;
  expect(code).not.toBe(0);
  expect(codesIn(stderr)).toContain("EADDRINUSE");
  expect(await Bun.file(at.workspaces).json()).toMatchObject({ [first.port]: { pid: first.pid } });
}, 20_000);

test("several files after one --config and several --config are one list, laid over each other in that order", async () => {
  for (const name of both) {
    await using at = await place();
    const off = { ...stdioServer("echo"), disabled: true };
    for (const file of ["a.json", "b.json", "c.json"])
      await at.write(file, { mcpServers: { [file]: off, shared: { ...off, description: file } } });
    await using hub = await start(name, ["--config", "a.json", "./b.json", "--unknown", "value", "-c", "c.json"], { at });
    await until(async () => ((await (await hub.get("health")).json()) as { state: string }).state === "ready");
    const { servers, workspaces } = (await (await hub.get("health")).json()) as {
      servers: { name: string; description: string; config_source: string }[];
      workspaces: { allActive: Record<string, { config_files: string[] }> };
    };
    expect(servers.map((server) => [server.name, server.config_source])).toEqual([
      ["a.json", "a.json"],
      ["shared", "c.json"],
      ["b.json", "./b.json"],
      ["c.json", "c.json"],
    ]);
    expect(workspaces.allActive[hub.port]!.config_files).toEqual(["a.json", "./b.json", "c.json"]);
  }
}, 30_000);

test("without --watch a changed file is read when the hub is restarted", async () => {
  await using at = await place();
  await at.write("servers.json", { mcpServers: {} });
  await using hub = await start("ours", ["--config", "servers.json"], { at });
  await at.write("servers.json", { mcpServers: { a: { ...stdioServer("echo"), disabled: true } } });
  await hub.post("restart");
  expect(await (await hub.get("servers")).json()).toMatchObject({ servers: [{ name: "a" }] });
}, 20_000);

test("--auto-shutdown ends it so long after the last client, and a client that comes back keeps it", async () => {
  for (const name of both) {
    await using at = await place();
    await at.write("servers.json", { mcpServers: {} });
    await using hub = await start(name, ["--config", "servers.json", "--auto-shutdown", "--shutdown-delay", "700"], { at });
    const entry = async () =>
      ((await Bun.file(at.workspaces).json()) as Record<string, { state: string; shutdownDelay: number | null }>)[hub.port];
    await (await followEvents(hub.base))[Symbol.asyncDispose]();
    await until(async () => (await entry())?.state === "shutting_down");
    expect(await entry()).toMatchObject({ shutdownDelay: 700, activeConnections: 0 });
    const back = await followEvents(hub.base);
    await until(async () => (await entry())?.state === "active");
    await back[Symbol.asyncDispose]();
    const left = performance.now();
    expect((await hub.ended).code).toBe(0);
    // Had the first wait gone on, the end would have come sooner.
    expect(performance.now() - left).toBeGreaterThan(600);
    expect(await Bun.file(at.workspaces).json()).toEqual({});
  }
}, 40_000);

test.each([...both])(
  "%s: SIGTERM ends the streams in order and the program with 0; every line is JSON",
  async (name) => {
    await using at = await place();
    await at.write("servers.json", { mcpServers: {} });
    await using hub = await start(name, ["--config", "servers.json"], { at });
    await using followed = await followEvents(hub.base);
    await followed.next("hub_state", ({ state }) => state === "ready");
    hub.signal("SIGTERM");
    await followed.ended;
    expect(followed.seen.filter(({ event }) => event === "hub_state").at(-1)?.data["state"]).toBe("stopping");
    const { code, stdout } = await hub.ended;
    expect(code).toBe(0);
    for (const line of stdout.trim().split("\n"))
      expect(Object.keys(JSON.parse(line) as object)).toEqual(expect.arrayContaining(["type", "message", "data", "timestamp"]));
  },
  20_000,
);

test("defect 16: --version leaves the log of a running hub alone, and its lines have a time", async () => {
  await using at = await place();
  await at.write("servers.json", { mcpServers: {} });
  await using hub = await start("ours", ["--config", "servers.json"], { at });
  const logs = join(at.home, ".local/state/hubctl/logs");
  const text = async () => {
    const [file] = await Array.fromAsync(new Bun.Glob("*.log").scan(logs));
    return file === undefined ? "" : Bun.file(join(logs, file)).text();
  };
  await until(async () => (await text()) !== "");
  const before = await text();
  await launch("ours", ["--version"], { at }).ended;
  expect((await text()).startsWith(before)).toBe(true);
  expect(JSON.parse(before.split("\n")[0]!)).toHaveProperty("at");
  expect(hub.pid).toBeGreaterThan(0);
}, 20_000);

test.each([...both])("%s: --help is on standard output, and names every flag", async (name) => {
  for (const flag of ["--help", "-h"]) {
    const { code, stdout } = await run(name, [flag]);
    expect(code).toBe(0);
    for (const known of ["--port", "--config", "--watch", "--auto-shutdown", "--shutdown-delay", "--version"])
      expect(stdout).toContain(known);
  }
});

test.each([...both])(
  "%s: flags have short names, another spelling and a form with =, and SIGINT ends it with 0",
  async (name) => {
    await using at = await place();
    await at.write("servers.json", { mcpServers: {} });
    const port = freePort();
    const argv = ["-p", String(port), "-c", "servers.json", "-w", "--autoShutdown", "--shutdownDelay=60000"];
    await using hub = launch(name, argv, { at });
    await until(async () => (await fetch(`http://localhost:${port}/api/health`)).ok);
    await using followed = await followEvents(`http://localhost:${port}/api`);
    await followed.next("hub_state", ({ state }) => state === "ready");
    const isNoticed = () => followed.seen.some(({ data }) => data["type"] === "config_changed");
    await insist(() => at.write("servers.json", { mcpServers: { a: { command: "x", disabled: true } } }), isNoticed);
    hub.signal("SIGINT");
    await followed.ended;
    expect((await hub.ended).code).toBe(0);
  },
  20_000,
);

test.each([...both])(
  "%s: a directory ~/.mcp-hub is where workspaces.json is, and a lock that was left does not keep it from starting",
  async (name) => {
    await using at = await place();
    await at.write("servers.json", { mcpServers: {} });
    const directory = join(at.home, ".mcp-hub");
    await mkdir(directory);
    await at.write(".mcp-hub/workspaces.json.lock", "999999");
    await using hub = await start(name, ["--config", "servers.json"], { at });
    const list = Bun.file(join(directory, "workspaces.json"));
    await until(async () => hub.port in ((await list.json()) as object));
    expect(await Bun.file(at.workspaces).exists()).toBe(false);
    hub.signal("SIGTERM");
    expect((await hub.ended).code).toBe(0);
    expect(await list.json()).toEqual({});
  },
  20_000,
);
