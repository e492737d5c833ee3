import { expect, setDefaultTimeout, test } from "bun:test";
import { stdioServer } from "../support/stdio-server.ts";
import { Line, requestOf, startLoad, type Load } from "./load.ts";
import { descendants, survivors } from "./processes.ts";
import { Stranger, type RunningHub } from "./stranger.ts";
import { until } from "./until.ts";

setDefaultTimeout(60_000);

interface Restarted {
  readonly pid: number;
  readonly previousPid: number;
  readonly ms: number;
}

const mcpServers = { echo: stdioServer("echo") };
const call = { name: "echo__echo", arguments: { text: "hello" } };

async function begin(stranger: Stranger): Promise<{ readonly hub: RunningHub; readonly config: string }> {
  const config = await stranger.write("servers.json", { mcpServers });
  const hub = await stranger.serve(["--config", config]);
  await stranger.serversSettled(hub);
  return { hub, config };
}

const loadOn = ({ url }: RunningHub, clients: { readonly fresh: number; readonly kept: number }) =>
  startLoad({ url, call, answer: "hello", ...clients });

/** So that whatever happened meanwhile has met with calls. */
const moreCalls = (load: Load, some = 200) => {
  const before = load.count();
  return until("there are more calls", () => load.count() > before + some);
};

/** Elsewhere two processes cannot share a port, and there is a gap. */
const onLinux = test.skipIf(process.platform !== "linux");

const pidOf = async ({ url }: RunningHub) => ((await (await fetch(`${url}/api/v2/hub/status`)).json()) as { readonly pid: number }).pid;

onLinux("restarts under load fail no request, whether on a new connection, a kept or an idle one", async () => {
  await using stranger = await Stranger.arrive();
  const { hub } = await begin(stranger);
  const { hostname, port } = new URL(hub.url);
  const idle = await Line.open(hostname, Number(port));
  const used = await Line.open(hostname, Number(port));
  await used.ask(requestOf(call, true));

  const load = loadOn(hub, { fresh: 4, kept: 4 });
  await moreCalls(load);
  const first = await stranger.json<Restarted>(["restart", "--json"]);
  expect(first.previousPid).toBe(hub.pid);
  expect(first.pid).not.toBe(hub.pid);
  expect(await pidOf(hub)).toBe(first.pid);
  // They were there before, so the old process has them; it passes their requests on and lets go of them.
  for (const line of [idle, used]) {
    const { head, body } = await line.ask(requestOf(call, true));
    expect(head).toContain("200 OK");
    expect(head).toMatch(/^connection: close$/im);
    expect(body).toContain("hello");
  }
  await moreCalls(load);

  const second = await stranger.json<Restarted>(["restart", "--json"]);
  expect(second.previousPid).toBe(first.pid);
  await moreCalls(load);
  const { calls, failures } = await load.stop();
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(600);

  await until("the process between is gone", async () => (await survivors([first])).length === 0);
  const below = await descendants(hub.pid);
  expect(below.filter(({ command }) => command.includes("echo.ts"))).toHaveLength(1);
  // The process that was started first is still the one to signal, and answers for the others.
  expect(await hub.stop()).toBe(0);
  expect(await survivors(below)).toEqual([]);
  expect((await stranger.hubctl(["restart"])).code).toBe(4);
});

onLinux("a restart that fails says why, and the hub goes on without a failed request", async () => {
  await using stranger = await Stranger.arrive();
  const { hub, config } = await begin(stranger);
  const load = loadOn(hub, { fresh: 2, kept: 2 });
  await moreCalls(load);
  await stranger.write("servers.json", '{\n  "mcpServers": {\n    "echo": { "command": 3 }\n  }\n}\n');

  const failed = await stranger.hubctl(["restart"]);
  expect(failed.code).toBe(2);
  expect(failed.err).toContain("The hub was not restarted and goes on");
  expect(failed.err).toContain(`${config}:3:`);
  expect(await pidOf(hub)).toBe(hub.pid);
  await moreCalls(load);

  await stranger.write("servers.json", { mcpServers });
  const { pid } = await stranger.json<Restarted>(["restart", "--json"]);
  expect(await pidOf(hub)).toBe(pid);
  await moreCalls(load);
  expect((await load.stop()).failures).toEqual([]);
  expect(await hub.stop()).toBe(0);
});

onLinux("nobody else gets the port, before a restart and after it", async () => {
  await using stranger = await Stranger.arrive();
  const { hub } = await begin(stranger);
  const port = Number(new URL(hub.url).port);
  const intrude = () =>
    Bun.serve({ hostname: "127.0.0.1", port, reusePort: true, development: false, fetch: () => new Response("intruder") }).stop(true);
  expect(intrude).toThrow("in use");
  await stranger.json<Restarted>(["restart", "--json"]);
  expect(intrude).toThrow("in use");
  await stranger.write("servers.json", "nonsense");
  expect((await stranger.hubctl(["restart"])).code).toBe(2);
  expect(intrude).toThrow("in use");
});

test("a call under way is finished by the old process, and an event stream ends to be resumed", async () => {
  await using stranger = await Stranger.arrive();
  const { hub } = await begin(stranger);
  const stream = await fetch(`${hub.url}/api/v2/events/stream`);
  const told = stream.text();
  const ofMcpHub = (await fetch(`${hub.url}/api/events`)).text();
  const callTool = (tool: string, args: object) =>
    fetch(`${hub.url}/api/v2/tools/${tool}/call`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ arguments: args }),
    });
  await callTool("echo.echo", { text: "something happens" });
  const slow = callTool("echo.slow", { steps: 40, ms: 50 });
  await until("the call is under way", async () => (await (await fetch(`${hub.url}/metrics`)).text()).match(/hubctl_calls_running\S* 1$/m));
  const { pid } = await stranger.json<Restarted>(["restart", "--json"]);
  expect(await (await slow).json()).toMatchObject({ content: [{ text: "done" }] });

  expect(await ofMcpHub).toContain("hub_state");
  const { items } = await stranger.json<{ readonly items: readonly { readonly pid: number }[] }>(["workspaces", "list", "--json"]);
  expect(items.map((workspace) => workspace.pid)).toEqual([pid]);

  const seenBefore = /^id: (\d+)$/m.exec(await told)?.[1];
  const resumed = await fetch(`${hub.url}/api/v2/events/stream?types=hub.*`, { headers: { "last-event-id": seenBefore! } });
  const reader = resumed.body!.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  await until("what was missed is told", async () => (seen += (await reader.read()).value ?? "").includes(`"pid":${pid}`));
  await reader.cancel();
});

test("a session of 2025-11-25 is unknown to the new process, which says so in the way that makes clients initialize anew", async () => {
  await using stranger = await Stranger.arrive();
  const { hub } = await begin(stranger);
  const post = (message: object, session?: string) =>
    fetch(hub.mcp, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(session !== undefined && { "mcp-session-id": session, "mcp-protocol-version": "2025-11-25" }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", ...message }),
    });
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "old", version: "1" } };
  const initialize = async () => (await post({ id: 0, method: "initialize", params })).headers.get("mcp-session-id")!;
  const before = await initialize();
  const ping = (session: string) => post({ id: 1, method: "ping" }, session);
  expect((await ping(before)).status).toBe(200);
  await stranger.json<Restarted>(["restart", "--json"]);
  expect((await ping(before)).status).toBe(404);
  expect((await ping(await initialize())).status).toBe(200);
});

test("the hub ends with the process in front, and takes its servers along", async () => {
  await using stranger = await Stranger.arrive();
  const { hub } = await begin(stranger);
  const { pid } = await stranger.json<Restarted>(["restart", "--json"]);
  const below = await descendants(pid);
  hub.signal("SIGKILL");
  await until("nothing of it is left", async () => (await survivors([{ pid }, ...below])).length === 0);
});

test("a configuration that changes under load fails no call of a server it does not change", async () => {
  await using stranger = await Stranger.arrive();
  const { hub } = await begin(stranger);
  const load = loadOn(hub, { fresh: 16, kept: 16 });
  await moreCalls(load);
  for (const round of [1, 2, 3, 4, 5]) {
    await stranger.write("servers.json", { mcpServers: { ...mcpServers, [`other${round}`]: stdioServer("echo") } });
    await until("the change is applied", async () => {
      const { items } = (await (await fetch(`${hub.url}/api/v2/servers`)).json()) as { items: { name: string; state: string }[] };
      return (
        items
          .map(({ name, state }) => `${name} ${state}`)
          .toSorted()
          .join() === `echo ready,other${round} ready`
      );
    });
    await moreCalls(load);
  }
  const { calls, failures } = await load.stop();
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(1_000);
  expect(await hub.stop()).toBe(0);
});
