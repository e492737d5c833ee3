import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemDisk } from "./disk.ts";
import { connect } from "./connect.ts";
import { run } from "./run.ts";
import { testTerminal, type TestTerminal } from "./terminal.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";

const homes: string[] = [];
afterAll(() => Promise.all(homes.map((home) => rm(home, { recursive: true, force: true }))));

/** A user of this machine with a home of their own. */
async function newUser(env: Record<string, string> = {}): Promise<Runtime> {
  const home = await mkdtemp(join(tmpdir(), "hubctl-cli-"));
  homes.push(home);
  await writeFile(join(home, "servers.json"), '{"mcpServers":{"off":{"command":"true","disabled":true}}}');
  return {
    ...systemRuntime,
    env: { HOME: home, XDG_RUNTIME_DIR: join(home, "run"), PATH: "/usr/bin:/bin", ...env },
    host: { ...systemRuntime.host, home, cwd: home },
  };
}

interface ServedHub extends AsyncDisposable {
  readonly url: string;
  readonly socket?: string;
  readonly terminal: TestTerminal;
  readonly exited: Promise<number>;
}

/** `hubctl serve` in this process, until it is disposed. */
async function serve(runtime: Runtime, ...flags: string[]): Promise<ServedHub> {
  const ready = Promise.withResolvers<{ url: string; socket?: string }>();
  const terminal = testTerminal({ write: (stream, text) => stream === "stdout" && ready.resolve(JSON.parse(text) as { url: string }) });
  const argv = ["serve", "--port=0", "--log-level=error", "-c", join(runtime.host.cwd, "servers.json"), ...flags];
  const exited = run(argv, { terminal, runtime, disk: systemDisk });
  const failed = exited.then((code) => {
    throw new Error(`serve ended with ${code}: ${terminal.err()}`);
  });
  const { url, socket } = await Promise.race([ready.promise, failed]);
  failed.catch(() => undefined);
  return {
    url,
    socket,
    terminal,
    exited,
    async [Symbol.asyncDispose]() {
      terminal.interrupt();
      await exited;
    },
  };
}

const statusVia = async (runtime: Runtime, globals: Parameters<typeof connect>[0]["globals"] = {}) => {
  await using connection = await connect({ runtime, globals });
  return { where: connection.where, status: (await connection.invoke("hub.status", {})) as { url?: string; servers: { total: number } } };
};

describe("a hub that runs", () => {
  test("is found on its socket, from its directory and below it", async () => {
    const runtime = await newUser();
    await using hub = await serve(runtime);
    expect(await statusVia(runtime)).toMatchObject({ where: "socket", status: { url: hub.url } });
    const below = { ...runtime, host: { ...runtime.host, cwd: join(runtime.host.cwd, "a/b") } };
    expect(await statusVia(below)).toMatchObject({ where: "socket", status: { url: hub.url } });
    const elsewhere = { ...runtime, host: { ...runtime.host, cwd: "/" } };
    expect(await statusVia(elsewhere)).toMatchObject({ where: "socket", status: { url: hub.url } });
  });

  test("is found at the address given, whatever runs here", async () => {
    const runtime = await newUser();
    await using hub = await serve(runtime, "--no-socket");
    expect(hub.socket).toBeUndefined();
    const stranger = await newUser();
    expect(await statusVia(stranger, { url: hub.url })).toMatchObject({ where: "url", status: { url: hub.url } });
    expect(await statusVia(stranger, { url: `${hub.url.replace("http://", "")}/` })).toMatchObject({ where: "url" });
    expect(await statusVia({ ...stranger, env: { ...stranger.env, HUBCTL_URL: hub.url } })).toMatchObject({ where: "url" });
  });

  test("is not used when configuration files are named", async () => {
    const runtime = await newUser();
    await using _hub = await serve(runtime);
    const found = await statusVia(runtime, { config: [join(runtime.host.cwd, "servers.json")] });
    expect(found).toMatchObject({ where: "in-process", status: { servers: { total: 1 } } });
    expect(found.status.url).toBeUndefined();
  });

  test("stops at the first signal and exits with 0; commands then run it inside themselves", async () => {
    const runtime = await newUser();
    const hub = await serve(runtime);
    hub.terminal.interrupt("SIGTERM");
    expect(await hub.exited).toBe(0);
    expect(await statusVia(runtime)).toMatchObject({ where: "in-process" });
  });

  test("tells its events", async () => {
    const runtime = await newUser();
    await using _hub = await serve(runtime);
    await using connection = await connect({ runtime, globals: {} });
    const stop = new AbortController();
    const types: string[] = [];
    for await (const event of connection.events({ after: 0, signal: stop.signal })) {
      types.push(event.type);
      if (event.type === "hub.started") stop.abort();
    }
    expect(types).toContain("hub.started");
  });
});

describe("mistakes", () => {
  test("an address that is none, holds a password, or has no hub", async () => {
    const runtime = await newUser();
    const failure = async (url: string) => {
      const cause: unknown = await statusVia(runtime, { url }).catch((thrown: unknown) => thrown);
      return (cause as { code?: string }).code;
    };
    expect(await failure("http://")).toBe("VALIDATION");
    expect(await failure("http://ana:secret@localhost:1")).toBe("VALIDATION");
    expect(await failure("http://127.0.0.1:1")).toBe("UPSTREAM_UNAVAILABLE");
  });

  test("--url and --config exclude each other", async () => {
    expect(statusVia(await newUser(), { url: "http://x", config: ["a.json"] })).rejects.toMatchObject({ code: "VALIDATION" });
  });

  test("a port that is taken: serve says by whom and exits with 5", async () => {
    const runtime = await newUser();
    await using hub = await serve(runtime);
    const terminal = testTerminal();
    const argv = ["serve", "-c", join(runtime.host.cwd, "servers.json"), "--no-socket", `--port=${new URL(hub.url).port}`];
    expect(await run(argv, { terminal, runtime, disk: systemDisk })).toBe(5);
    expect(terminal.err()).toContain("is held by hubctl");
  });
});
