import { join } from "node:path";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { runTui } from "#tui/main.tsx";
import { FixtureHub } from "./tui-fixture-hub.ts";

// Runs the interface over a hub in memory: `bun tests/support/tui-fixture-main.ts`. Settings come through the environment,
// because the terminal belongs to the interface: FIXTURE_SERVERS, FIXTURE_RATE, FIXTURE_CRASH.
const { env } = process;
const hub = new FixtureHub({
  clock: systemRuntime.clock,
  moreServers: Number(env["FIXTURE_SERVERS"] ?? 0),
  eventsPerSecond: Number(env["FIXTURE_RATE"] ?? 0),
});
const emitting = hub.start();
hub.results.set("slack.auth.test", async (_, signal) => {
  await systemRuntime.clock.sleep(60_000, signal);
  return { content: [] };
});
hub.results.set("slack.channels.list", () => ({ content: [{ type: "text", text: "missing_scope: channels:read" }], isError: true }));
const crashes: Readonly<Record<string, () => void>> = {
  timer: () => {
    throw new Error("thrown in a timer");
  },
  rejection: () => void Promise.reject(new Error("rejected promise")),
  exit: () => process.exit(3),
};
const comeOrGo = () => (hub.isDown ? (hub.isDown = false) : hub.goDown());
const crash = crashes[env["FIXTURE_CRASH"] ?? ""];
process.on("SIGUSR2", () => (crash ? setTimeout(crash) : comeOrGo()));

const code = await runTui({
  connection: hub,
  version: "0.9.2",
  runtime: systemRuntime,
  terminal: {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    process,
    runForeground: (argv) => Bun.spawn([...argv], { stdio: ["inherit", "inherit", "inherit"] }).exited,
    pipeTo: async (argv, text) =>
      (await Bun.spawn([...argv], { stdin: new Blob([text]), stdout: "ignore", stderr: "ignore" }).exited.catch(() => 1)) === 0,
  },
  logPath: join(env["XDG_STATE_HOME"] ?? "", "hubctl", "tui.log"),
});
emitting[Symbol.dispose]();
process.exit(code);
