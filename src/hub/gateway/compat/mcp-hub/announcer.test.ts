import { expect, test } from "bun:test";
import type { HubEvent } from "../../../kernel/event.ts";
import { fakeClock } from "../../../../../tests/support/fake-runtime.ts";
import { createAnnouncer } from "./announcer.ts";
import type { EventClients } from "./event-clients.ts";
import type { ServerView } from "./server-object.ts";

/** An announcer over two servers, and what it has told since it was last asked. */
function announcing(mcpServers: Record<string, { disabled?: boolean }> = { a: {} }) {
  const clock = fakeClock();
  const servers = new Map<string, ServerView>();
  const set = (name: string, state: ServerView["status"]["state"], { error, url }: { error?: string; url?: string } = {}) =>
    servers.set(name, {
      entry: { name, title: name, description: "", transport: "stdio", configSource: "c" },
      status: { state, since: 0, error, authorizationUrl: url },
      stale: state !== "ready",
      capabilities: { tools: [{ name: "t" }], resources: [], resourceTemplates: [], prompts: [] },
    });
  for (const name of ["a", "b"]) set(name, "ready");
  let listener: (event: HubEvent) => void = () => undefined;
  let ready = true;
  let sent: Record<string, unknown>[] = [];
  const settled = Promise.withResolvers<void>();
  const clients = {
    send: (event: string, data: object) => void sent.push(event === "subscription_event" ? { ...data } : { event, ...data }),
    count: () => 3,
  } as unknown as EventClients;
  const announcer = createAnnouncer({
    clock,
    clients,
    isReady: () => ready,
    shownConfig: () => ({ mcpServers }),
    servers: { all: () => [...servers.values()], find: (name) => servers.get(name), settle: () => settled.promise },
    events: {
      subscribe: (_, heard) => {
        listener = heard;
        return { [Symbol.dispose]: () => undefined };
      },
    },
    logFeed: { subscribe: () => ({ [Symbol.dispose]: () => undefined }) },
    workspaces: { follow: () => ({ [Symbol.dispose]: () => undefined }), entries: async () => ({}), current: () => 1 },
  });
  return {
    announcer,
    clock,
    set,
    settled,
    notReady: () => (ready = false),
    happen: (type: string, data: object) => listener({ type, data } as HubEvent),
    told: () => {
      const told = sent;
      sent = [];
      return told;
    },
  };
}

const nothing = { added: [], removed: [], modified: [], unchanged: [], fields: {} };

test("a change of the file is told in order: what it says, what is under way, what has come of it", async () => {
  const { happen, told, settled, clock, set } = announcing();
  const diff = { ...nothing, modified: ["a"], fields: { a: ["env", "configSource"] } };
  happen("config.changed", diff);
  const changes = {
    added: [],
    removed: [],
    modified: ["a"],
    unchanged: [],
    details: { a: { modifiedFields: ["env", "config_source"], oldValues: {}, newValues: {} } },
  };
  expect(told()).toEqual([
    { type: "config_changed", newConfig: { mcpServers: { a: {} } }, isSignificant: true },
    { type: "servers_updating", changes },
  ]);
  happen("config.applied", diff);
  // What happens to the server meanwhile is part of the change.
  for (const state of ["stopped", "starting", "ready"] as const) {
    set("a", state);
    happen("servers.state_changed", { name: "a" });
  }
  await clock.advance(100);
  expect(told()).toEqual([]);
  settled.resolve();
  await clock.advance(100);
  expect(told()).toEqual([{ type: "servers_updated", changes }]);
});

test("a change that touches no server is told as that, and a file that cannot be used without its content", async () => {
  const { happen, told, clock } = announcing();
  happen("config.changed", nothing);
  happen("config.applied", nothing);
  happen("config.rejected", { message: "no" });
  await clock.advance(100);
  expect(told()).toEqual([
    { type: "config_changed", newConfig: { mcpServers: { a: {} } }, isSignificant: false },
    { type: "config_changed", isSignificant: false },
  ]);
});

test("a file that says what a request has done before is no change; one that says the opposite is", async () => {
  const { happen, told, settled, clock, set } = announcing({ a: { disabled: true } });
  set("a", "disabled");
  happen("config.changed", { ...nothing, modified: ["a"], fields: { a: ["disabled"] } });
  happen("config.applied", {});
  await clock.advance(100);
  expect(told()).toEqual([expect.objectContaining({ type: "config_changed", isSignificant: false })]);
  set("a", "ready");
  happen("config.changed", { ...nothing, unchanged: ["a"] });
  settled.resolve();
  happen("config.applied", {});
  await clock.advance(100);
  const details = { a: { modifiedFields: ["disabled"], oldValues: {}, newValues: {} } };
  expect(told()).toEqual([
    expect.objectContaining({ type: "config_changed", isSignificant: true }),
    { type: "servers_updating", changes: { added: [], removed: [], modified: ["a"], unchanged: [], details } },
    { type: "servers_updated", changes: { added: [], removed: [], modified: ["a"], unchanged: [], details } },
  ]);
});

test("a server that dies and comes back is told of, what it tries in between is not", async () => {
  const { happen, told, clock, set } = announcing();
  const go = async (state: ServerView["status"]["state"]) => {
    set("a", state);
    happen("servers.state_changed", { name: "a" });
    await clock.advance(60);
  };
  await go("ready");
  told();
  for (const state of ["backing_off", "starting", "backing_off", "starting"] as const) await go(state);
  expect(told()).toEqual([{ type: "servers_updated", changes: { modified: ["a"] } }]);
  await go("ready");
  expect(told()).toEqual([{ type: "servers_updated", changes: { modified: ["a"] } }]);
});

test("another address to sign in at is told of, the same one again is not", async () => {
  const { happen, told, clock, set } = announcing();
  const offer = async (url: string) => {
    set("a", "authorizing", { url });
    happen("servers.authorization_required", { name: "a" });
    await clock.advance(60);
  };
  await offer("https://as.example/1");
  told();
  await offer("https://as.example/1");
  expect(told()).toEqual([]);
  await offer("https://as.example/2");
  expect(told()).toEqual([{ type: "servers_updated", changes: { modified: ["a"] } }]);
});

test("before the hub is ready nobody is told of single servers", async () => {
  const { happen, told, clock, notReady } = announcing();
  notReady();
  happen("servers.state_changed", { name: "a" });
  happen("servers.lists_changed", { name: "a", changed: ["tools"] });
  await clock.advance(100);
  expect(told()).toEqual([]);
});

test("what a request and the change of state it makes touch is told once", async () => {
  const { announcer, happen, told, clock, set } = announcing();
  set("a", "stopped");
  happen("servers.state_changed", { name: "a" });
  announcer.touched("a");
  await clock.advance(60);
  expect(told()).toEqual([{ type: "servers_updated", changes: { modified: ["a"] } }]);
});

test("a changed list is told whole, both lists of resources together", () => {
  const { happen, told } = announcing();
  happen("servers.lists_changed", { name: "a", changed: ["tools", "resourceTemplates"] });
  expect(told()).toEqual([
    { type: "tool_list_changed", server: "a", tools: [{ name: "t" }] },
    { type: "resource_list_changed", server: "a", resources: [], resourceTemplates: [] },
  ]);
});

test("a restart for changed sources says which, and what came of it", async () => {
  const { happen, told, clock, settled, set } = announcing();
  happen("servers.sources_changed", { name: "a", files: ["main.ts"] });
  const about = { changes: { modified: ["a"] }, reason: "dev_file_change", files: ["main.ts"] };
  expect(told()).toEqual([{ type: "servers_updating", ...about }]);
  set("a", "failed", { error: "syntax error" });
  settled.resolve();
  await clock.advance(0);
  expect(told()).toEqual([{ type: "servers_updated", ...about, error: "syntax error" }]);
});

test("a heartbeat every ten seconds", async () => {
  const { told, clock, announcer } = announcing();
  await clock.advance(20_000);
  expect(told()).toEqual([
    { event: "heartbeat", connections: 3 },
    { event: "heartbeat", connections: 3 },
  ]);
  announcer[Symbol.dispose]();
  await clock.advance(20_000);
  expect(told()).toEqual([]);
});
