import { expect, setDefaultTimeout, test } from "bun:test";
import { sdkV2 } from "./clients/sdk.ts";
import { descendants, survivors, type Process } from "./processes.ts";
import { Stranger, type Running } from "./stranger.ts";
import { until } from "./until.ts";

setDefaultTimeout(60_000);

const long = (seconds: number) => ["everything.trigger-long-running-operation", `duration=${seconds}`, `steps=${seconds}`];

/** The public server, with everything the hub tells it written down. */
async function overheard(stranger: Stranger) {
  const said = `${stranger.directory}/said.jsonl`;
  const everything = { command: "sh", args: ["-c", `tee ${said} | mcp-server-everything`] };
  const config = await stranger.write("servers.json", { mcpServers: { everything } });
  const messages = async () => {
    const file = Bun.file(said);
    const lines = (await file.exists()) ? (await file.text()).split("\n") : [];
    return lines.slice(0, -1).map((line) => JSON.parse(line) as { id?: number; method: string; params?: { requestId?: number } });
  };
  return {
    config,
    /** The ids of the calls, when there are as many. */
    calls: (count: number) =>
      until("the server is called", async () => {
        const calls = (await messages()).filter(({ method }) => method === "tools/call");
        return calls.length === count && calls.map(({ id }) => id!);
      }),
    cancelled: (id: number) =>
      until("the server is told to stop", async () =>
        (await messages()).some(({ method, params }) => method === "notifications/cancelled" && params?.requestId === id),
      ),
  };
}

const nothingLeft = (of: readonly Process[]) => until("nothing is left", async () => (await survivors(of)).length === 0, 5_000);

/** The exit code, which has to come before a hub would have stopped waiting for what is under way. */
const soon = (program: Running) => until("it ends", () => program.ended(), 4_000).then(() => program.exited);

test.concurrent("Ctrl-C at a call cancels it at the server, with a hub or without one, and exits with 130", async () => {
  for (const isHubRunning of [true, false]) {
    await using stranger = await Stranger.arrive();
    const { config, calls, cancelled } = await overheard(stranger);
    const hub = isHubRunning ? await stranger.serve(["--config", config]) : undefined;
    if (hub) await stranger.serversSettled(hub);
    const client = stranger.start(["hubctl", "call", ...(hub ? [] : ["--config", config]), ...long(60)]);
    const [id = 0] = await calls(1);
    const below = await descendants(client.pid);
    client.signal("SIGINT");
    await cancelled(id);
    expect(await soon(client)).toBe(130);
    expect(client.err()).toContain("Stopped by SIGINT");
    expect(client.out()).toBe("");
    await nothingLeft(below);
    if (!hub) continue;
    const { items } = await stranger.json<{ items: readonly { outcome: string }[] }>(["audit", "list", "--json"]);
    expect(items.map(({ outcome }) => outcome)).toContain("CANCELLED");
    expect((await stranger.hubctl(["call", "everything.get-sum", "a=1", "b=2"])).code).toBe(0);
  }
});

test.concurrent("a hub that is asked to stop lets the calls under way finish, and takes no more", async () => {
  await using stranger = await Stranger.arrive();
  const { config, calls } = await overheard(stranger);
  const hub = await stranger.serve(["--config", config]);
  await stranger.serversSettled(hub);
  const below = await descendants(hub.pid);
  await using sdk = await sdkV2({ url: hub.mcp });
  const [command, client] = [
    stranger.start(["hubctl", "call", ...long(2)]),
    sdk.call("everything__trigger-long-running-operation", { duration: 2, steps: 2 }),
  ];
  await calls(2);
  hub.signal("SIGTERM");
  expect(await client).toContain("Long running operation completed");
  expect({ code: await command.exited, out: command.out() }).toEqual({
    code: 0,
    out: expect.stringContaining("Long running operation completed") as string,
  });
  expect(await hub.exited).toBe(0);
  expect(fetch(`${hub.url}/health`)).rejects.toThrow();
  await nothingLeft(below);
});

test.concurrent("the second Ctrl-C ends the hub at once, and its servers with it", async () => {
  await using stranger = await Stranger.arrive();
  const { config, calls } = await overheard(stranger);
  const hub = await stranger.serve(["--config", config]);
  await stranger.serversSettled(hub);
  const below = await descendants(hub.pid);
  const client = stranger.start(["hubctl", "call", ...long(60)]);
  await calls(1);
  hub.signal("SIGINT");
  await until("the hub is stopping", () => hub.err().includes("the hub stops"));
  expect(hub.ended()).toBe(false);
  hub.signal("SIGINT");
  expect(await soon(hub)).toBe(130);
  await nothingLeft(below);
  expect(await client.exited).toBe(7);
});

test.concurrent("a stopped hub leaves no socket behind", async () => {
  await using stranger = await Stranger.arrive();
  const hub = await stranger.serve();
  expect(await hub.stop()).toBe(0);
  expect(await stranger.run(["find", stranger.home, "-name", "*.sock"])).toEqual({ code: 0, out: "", err: "" });
});
