import { expect, test } from "bun:test";
import { silentLog } from "#hub/kernel/log.ts";
import { fakeClock, fakeFiles } from "../../../tests/support/fake-runtime.ts";
import { noCapabilities } from "./capabilities.ts";
import type { ServerConnection } from "./connection.ts";
import type { ServerEntry } from "./endpoint.ts";
import { createServers } from "./servers.ts";

const entry = (name: string, given: Partial<ServerEntry> = {}): ServerEntry => ({
  name,
  title: name,
  description: "",
  disabled: false,
  configSource: "config.json5",
  transport: "stdio",
  fingerprint: "same",
  startTimeoutMs: 1000,
  callTimeoutMs: 1000,
  filter: { tool: () => true, resource: () => true, resourceTemplate: () => true, prompt: () => true },
  endpoint: async () => ({ kind: "stdio", argv: ["x"], env: {} }),
  ...given,
});

/** Servers whose connections are made at once; those named `mute` never answer. */
function running() {
  const clock = fakeClock();
  const files = fakeFiles();
  const connected: string[] = [];
  /** What the next connections wait for that are closed. */
  const closing: Promise<void>[] = [];
  const servers = createServers({
    runtime: { clock, random: { id: () => "id", bytes: () => new Uint8Array(), float: () => 0.5 }, files },
    log: silentLog,
    known: { load: async () => new Map(), save: async () => undefined, remove: async () => undefined },
    connect: async ({ name }) => {
      connected.push(name);
      if (name === "mute") await new Promise(() => undefined);
      return { capabilities: noCapabilities, pid: 1, close: () => closing.shift() ?? Promise.resolve() } as unknown as ServerConnection;
    },
    onStatus: () => undefined,
    onCapabilities: () => undefined,
    onNotification: () => undefined,
  });
  const states = () => Object.fromEntries(servers.all().map((server) => [server.entry.name, server.status.state]));
  return { servers, clock, files, connected, states, closing };
}

test("switching a server off and on in the file keeps what is connected, and takes its new words", async () => {
  const { servers, clock, connected, states } = running();
  await servers.apply([entry("a"), entry("b", { disabled: true })]);
  await clock.advance(0);
  expect(states()).toEqual({ a: "ready", b: "disabled" });
  await servers.apply([entry("a", { description: "new" }), entry("b")]);
  await clock.advance(0);
  expect(connected).toEqual(["a", "b"]);
  expect(servers.get("a").entry.description).toBe("new");
  await servers.apply([entry("a", { disabled: true }), entry("b")]);
  expect(states()).toEqual({ a: "disabled", b: "ready" });
});

test("a server that is replaced is there all the time, and connects when the old one is gone", async () => {
  const { servers, clock, connected, states, closing } = running();
  await servers.apply([entry("a")]);
  await clock.advance(0);
  const gone = Promise.withResolvers<void>();
  closing.push(gone.promise);
  const before = servers.get("a");
  const applied = servers.apply([entry("a", { fingerprint: "other" })]);
  for (let turn = 0; turn < 20; turn++) {
    expect(states()).toHaveProperty("a");
    await clock.advance(0);
  }
  expect(servers.get("a")).not.toBe(before);
  expect(states()).toEqual({ a: "starting" });
  expect(connected).toEqual(["a"]);
  gone.resolve();
  await applied;
  await clock.advance(0);
  expect(states()).toEqual({ a: "ready" });
  expect(connected).toEqual(["a", "a"]);
});

test("a start that was asked for and a file that then says the same connect once", async () => {
  const { servers, clock, connected, states } = running();
  await servers.apply([entry("a", { disabled: true })]);
  await servers.start("a");
  await servers.apply([entry("a")]);
  await clock.advance(0);
  expect(connected).toEqual(["a"]);
  expect(states()).toEqual({ a: "ready" });
});

test("a stop that was asked for stays over changes of other servers; one that disables does until the file is read again", async () => {
  const { servers, clock, states } = running();
  await servers.apply([entry("a"), entry("b")]);
  await clock.advance(0);
  await servers.stop("a");
  await servers.stop("b", { disable: true });
  await servers.apply([entry("a"), entry("b"), entry("c")]);
  await clock.advance(0);
  expect(states()).toEqual({ a: "stopped", b: "ready", c: "ready" });
});

test("reconnecting starts what was stopped, leaves what is disabled, and does not wait for one that hangs", async () => {
  const { servers, clock, connected, states } = running();
  await servers.apply([entry("a"), entry("mute"), entry("off", { disabled: true })]);
  await clock.advance(0);
  await servers.stop("a");
  await servers.start("off");
  const done = servers.reconnect(5000);
  await clock.advance(4999);
  expect(await Promise.race([done.then(() => "done"), Promise.resolve("waiting")])).toBe("waiting");
  await clock.advance(1);
  await done;
  expect(states()).toEqual({ a: "ready", mute: "starting", off: "disabled" });
  expect(connected.filter((name) => name === "a")).toHaveLength(2);
});

test("a server in development restarts when its sources change, and says why", async () => {
  const { servers, clock, files, connected } = running();
  await servers.apply([entry("a", { dev: { cwd: "/app", watch: ["*.ts"] } })]);
  await clock.advance(0);
  await files.replace("/app/main.ts", "");
  await clock.advance(500);
  expect(connected).toEqual(["a", "a"]);
  expect(
    servers
      .get("a")
      .log.lines()
      .map(({ text }) => text),
  ).toContain("restarts, because main.ts changed");
  await servers.stop("a");
  await files.replace("/app/main.ts", "");
  await clock.advance(500);
  expect(connected).toEqual(["a", "a"]);
});
