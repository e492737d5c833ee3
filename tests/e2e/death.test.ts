import { expect, setDefaultTimeout, test } from "bun:test";
import { stdioServer } from "../support/stdio-server.ts";
import { descendants, survivors } from "./processes.ts";
import { Stranger, type RunningHub, type Server } from "./stranger.ts";
import { until } from "./until.ts";

setDefaultTimeout(60_000);

const serverOf = async ({ url }: RunningHub, name: string) => (await (await fetch(`${url}/api/v2/servers/${name}`)).json()) as Server;

test.concurrent("a hub that is killed takes all its servers along within two seconds, stubborn ones and their children too", async () => {
  await using stranger = await Stranger.arrive();
  const mcpServers = {
    everything: { command: "mcp-server-everything" },
    files: { command: "mcp-server-filesystem", args: ["."] },
    stubborn: stdioServer("ignores-sigterm"),
    starting: stdioServer("never-answers"),
  };
  const config = await stranger.write("servers.json", { mcpServers });
  const hub = await stranger.serve(["--config", config]);
  await until("three servers are ready", async () => {
    const servers = await Promise.all(["everything", "files", "stubborn"].map((name) => serverOf(hub, name)));
    return servers.every(({ state }) => state === "ready");
  });
  const below = await descendants(hub.pid);
  const commands = below.map(({ command }) => command);
  for (const part of ["everything", "filesystem", "ignores-sigterm", "never-answers", "setInterval"])
    expect(commands.filter((command) => command.includes(part))).toHaveLength(1);

  hub.signal("SIGKILL");
  await until("nothing of it is left", async () => (await survivors(below)).length === 0, 2_000);
});

test.concurrent("a command that is killed leaves no server behind either", async () => {
  await using stranger = await Stranger.arrive();
  const config = await stranger.write("servers.json", { mcpServers: { stubborn: stdioServer("ignores-sigterm") } });
  const door = stranger.start(["hubctl", "stdio", "--config", config], { stdin: null });
  const below = await until("the server and its child run", async () => {
    const found = await descendants(door.pid);
    return found.some(({ command }) => command.includes("setInterval")) && found;
  });
  door.signal("SIGKILL");
  await until("nothing of it is left", async () => (await survivors(below)).length === 0, 2_000);
});

test.concurrent(
  "a server that is killed twenty times comes back twenty times, and the hub is the same",
  async () => {
    await using stranger = await Stranger.arrive();
    const config = await stranger.write("servers.json", { mcpServers: { echo: stdioServer("echo") } });
    const hub = await stranger.serve(["--config", config]);
    const pids = new Set<number>();
    for (let deaths = 0; deaths <= 20; deaths++) {
      const pid = await until(`the server is back after ${deaths} deaths`, async () => {
        const server = await serverOf(hub, "echo");
        return server.state === "ready" && !pids.has(server.pid!) && server.pid;
      });
      pids.add(pid);
      const { out } = await stranger.hubctl(["call", "echo.echo", "text=still here"]);
      expect(out).toBe("still here\n");
      if (deaths < 20) process.kill(pid, "SIGKILL");
    }
    expect(pids.size).toBe(21);
    expect(hub.ended()).toBe(false);
    expect(await hub.stop()).toBe(0);
  },
  120_000,
);
