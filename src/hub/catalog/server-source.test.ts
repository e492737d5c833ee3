import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { noCapabilities } from "../servers/capabilities.ts";
import type { CapabilityFilter, ServerEntry } from "../servers/endpoint.ts";
import type { Supervisor } from "../servers/supervisor.ts";
import { serverSource } from "./server-source.ts";

const all: CapabilityFilter = { tool: () => true, resource: () => true, resourceTemplate: () => true, prompt: () => true };

function connected() {
  const entry = { name: "a", title: "A", description: "", filter: all } as unknown as ServerEntry;
  const tools = ["read", "write"].map((name) => ({ name, inputSchema: {} }));
  const server = { entry, status: { state: "ready" }, available: true, capabilities: { ...noCapabilities, tools } };
  return { server, source: serverSource(server as unknown as Supervisor, fakeClock()) };
}

test("what is filtered once is not filtered again", () => {
  const { source } = connected();
  expect(source.tools).toBe(source.tools);
});

test("new words in the configuration hold for a connection that stays", () => {
  const { server, source } = connected();
  expect(source.tools.map(({ name }) => name)).toEqual(["read", "write"]);
  server.entry = { ...server.entry, title: "B", description: "new", filter: { ...all, tool: (name) => name !== "write" } };
  expect(source.tools.map(({ name }) => name)).toEqual(["read"]);
  expect([source.title, source.description]).toEqual(["B", "new"]);
});
