import { expect, test } from "bun:test";
import { serverStates } from "../../../servers/schema.ts";
import { serverObject, statusOf, type ServerView } from "./server-object.ts";

const view = (status: Partial<ServerView["status"]> = {}, given: Partial<ServerView> = {}): ServerView => ({
  entry: { name: "a", title: "A", description: "d", transport: "stdio", configSource: "./servers.json" },
  status: { state: "ready", since: 1_000, ...status },
  stale: false,
  capabilities: {
    serverInfo: { name: "x", version: "1" },
    tools: [{ name: "t" }],
    resources: [{}],
    resourceTemplates: [{}],
    prompts: [{ name: "p" }],
  },
  ...given,
});

const empty = { tools: [], resources: [], resourceTemplates: [], prompts: [] };

test("a connected server shows all it has", () => {
  expect(serverObject(view(), 4_999)).toEqual({
    name: "a",
    displayName: "A",
    description: "d",
    transportType: "stdio",
    status: "connected",
    error: null,
    capabilities: { tools: [{ name: "t" }], resources: [{}], resourceTemplates: [{}], prompts: [{ name: "p" }] },
    uptime: 3,
    lastStarted: "1970-01-01T00:00:01.000Z",
    authorizationUrl: null,
    serverInfo: { name: "x", version: "1" },
    config_source: "./servers.json",
  });
});

test("one that is not connected has four empty lists, and says why", () => {
  const failed = serverObject(view({ state: "failed", error: "no such command" }, { stale: true }), 9_000);
  expect(failed).toMatchObject({
    status: "disconnected",
    error: "no such command",
    capabilities: empty,
    uptime: 0,
    lastStarted: null,
    serverInfo: null,
  });
  expect(serverObject(view({ state: "disabled" }, { stale: true }), 9_000)).toMatchObject({
    status: "disabled",
    capabilities: empty,
    uptime: 8,
  });
});

test("every remote server is called sse, as its clients know it", () => {
  const { entry } = view();
  expect(serverObject(view({}, { entry: { ...entry, transport: "http" } }), 0).transportType).toBe("sse");
});

test("every state has one of mcp-hub's five words", () => {
  expect(Object.fromEntries(serverStates.map((state) => [state, statusOf(view({ state }))]))).toEqual({
    stopped: "disconnected",
    starting: "connecting",
    authorizing: "unauthorized",
    ready: "connected",
    degraded: "connected",
    backing_off: "disconnected",
    failed: "disconnected",
    disabled: "disabled",
  });
});
