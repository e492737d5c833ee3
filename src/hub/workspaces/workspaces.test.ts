import { expect, test } from "bun:test";
import { silentLog } from "#hub/kernel/log.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";
import { fakeClock, fakeFiles, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { entriesText } from "./entries.ts";
import { workspacesFile } from "./place.ts";
import type { WorkspaceEntries, WorkspaceEntry } from "./schema.ts";
import { createWorkspaces, type WorkspacesDeps } from "./workspaces.ts";

const path = "/home/ana/.local/state/mcp-hub/workspaces.json";
const lock = `${path}.lock`;

const entry = (given: Partial<WorkspaceEntry> = {}): WorkspaceEntry => ({
  cwd: "/elsewhere",
  config_files: [],
  pid: 111,
  port: 40001,
  startTime: "2026-01-01T00:00:00.000Z",
  state: "active",
  activeConnections: 0,
  shutdownStartedAt: null,
  shutdownDelay: null,
  ...given,
});

function world(content: Record<string, string> = {}, given: Partial<WorkspacesDeps> = {}) {
  const files = fakeFiles(content);
  const clock = fakeClock();
  const base = fakeRuntime({ files, clock });
  const runtime: Runtime = { ...base, host: { ...base.host, pid: 42, isAlive: (pid) => pid < 900 } };
  const seen: WorkspaceEntries[] = [];
  let deserted = 0;
  const workspaces = createWorkspaces({
    runtime,
    log: silentLog,
    cwd: "/work",
    configFiles: ["./servers.json"],
    onChange: (entries) => void seen.push(entries),
    onDeserted: () => void deserted++,
    ...given,
  });
  const written = () => JSON.parse(files.content.get(path) ?? "null") as WorkspaceEntries;
  return { files, clock, runtime, workspaces, written, seen, deserted: () => deserted };
}

test("a hub is listed under its port while it runs, with the files as they were given", async () => {
  const { workspaces, written, clock } = world();
  await workspaces.register(37373);
  expect(written()).toEqual({
    37373: entry({
      cwd: "/work",
      config_files: ["./servers.json"],
      pid: 42,
      port: 37373,
      startTime: new Date(clock.now()).toISOString(),
    }),
  });
  await workspaces[Symbol.asyncDispose]();
  expect(written()).toEqual({});
});

test("defect 5: another hub's entry stays, also one under our own port", async () => {
  const other = entry({ port: 37373, pid: 7 });
  const { workspaces, written, files } = world({ [path]: entriesText({ 40001: entry() }) });
  await workspaces.register(37373);
  files.content.set(path, entriesText({ ...written(), 37373: other }));
  await workspaces[Symbol.asyncDispose]();
  expect(written()).toEqual({ 40001: entry(), 37373: other });
});

test("a hub that never listened takes nothing off the list", async () => {
  const { workspaces, written } = world({ [path]: entriesText({ 37373: entry({ port: 37373 }) }) });
  await workspaces[Symbol.asyncDispose]();
  expect(Object.keys(written())).toEqual(["37373"]);
});

test("defect 18: entries of dead hubs go, and are not shown before", async () => {
  const { workspaces, written } = world({ [path]: entriesText({ 1: entry({ port: 1, pid: 999 }), 2: entry({ port: 2 }) }) });
  expect(Object.keys(await workspaces.entries())).toEqual(["2"]);
  await workspaces.register(37373);
  expect(Object.keys(written())).toEqual(["2", "37373"]);
});

test("a damaged list is put aside, not lost", async () => {
  const { workspaces, written, files } = world({ [path]: "{ half" });
  expect(await workspaces.entries()).toEqual({});
  await workspaces.register(37373);
  expect(files.content.get(`${path}.damaged`)).toBe("{ half");
  expect(Object.keys(written())).toEqual(["37373"]);
});

test("an entry of another version is kept with what it has", async () => {
  const { workspaces, written } = world({ [path]: JSON.stringify({ 5: { pid: 5, port: 5, cwd: "/old", extra: true } }) });
  await workspaces.register(37373);
  expect(written()["5"]).toMatchObject({ pid: 5, cwd: "/old", extra: true, state: "active" });
});

test("a lock of a dead program goes at once, one that stays goes after a second", async () => {
  const dead = world({ [lock]: "999" });
  await dead.workspaces.register(37373);
  expect(Object.keys(dead.written())).toEqual(["37373"]);
  expect(dead.files.content.has(lock)).toBe(false);
  const held = world({ [lock]: "7" });
  const registered = held.workspaces.register(37373);
  await held.clock.advance(800);
  expect(held.files.content.has(path)).toBe(false);
  await held.clock.advance(400);
  await registered;
  expect(Object.keys(held.written())).toEqual(["37373"]);
});

test("a list that cannot be written costs the hub nothing", async () => {
  const { workspaces, files } = world();
  files.replace = () => Promise.reject(new Error("disk full"));
  await workspaces.register(37373);
  expect(workspaces.current()).toBe(37373);
  expect(Object.keys(await workspaces.entries())).toEqual(["37373"]);
  await workspaces[Symbol.asyncDispose]();
});

test("followers are counted, and the last one to leave begins the wait that ends the hub", async () => {
  const { workspaces, written, clock, deserted } = world({}, { shutdownDelayMs: 500 });
  await workspaces.register(37373);
  const first = workspaces.follow();
  await clock.advance(0);
  expect(written()["37373"]).toMatchObject({ activeConnections: 1, state: "active" });
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await clock.advance(0);
  expect(written()["37373"]).toMatchObject({
    activeConnections: 0,
    state: "shutting_down",
    shutdownStartedAt: new Date(clock.now()).toISOString(),
    shutdownDelay: 500,
  });
  await clock.advance(400);
  using _ = workspaces.follow();
  await clock.advance(1000);
  expect(deserted()).toBe(0);
  expect(written()["37373"]).toMatchObject({ state: "active", shutdownStartedAt: null, shutdownDelay: null });
  _[Symbol.dispose]();
  await clock.advance(500);
  expect(deserted()).toBe(1);
});

test("changes of the list by others are told, once it has been left alone", async () => {
  const { workspaces, files, clock, seen, written } = world();
  await workspaces.register(37373);
  await files.replace(path, entriesText({ ...written(), 40001: entry() }));
  await files.replace(path, entriesText({ ...written(), 40002: entry({ port: 40002 }) }));
  expect(seen).toEqual([]);
  await clock.advance(100);
  expect(seen.map((entries) => Object.keys(entries))).toEqual([["37373", "40001", "40002"]]);
});

test("the list is in ~/.mcp-hub where that exists, else in the state directory", async () => {
  const at = (env: Record<string, string>, home: string[]) =>
    workspacesFile(fakeRuntime({ env, files: { ...fakeFiles(), list: async (directory) => (directory === "/home/ana" ? home : []) } }));
  expect(await at({}, ["Documents"])).toBe(path);
  expect(await at({ XDG_STATE_HOME: "/state" }, [])).toBe("/state/mcp-hub/workspaces.json");
  expect(await at({ XDG_STATE_HOME: "/state" }, [".mcp-hub"])).toBe("/home/ana/.mcp-hub/workspaces.json");
});
