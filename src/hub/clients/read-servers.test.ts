import { expect, test } from "bun:test";
import { clientIds, clientRow, type ClientId } from "./client-table.ts";
import { entryFor } from "./own-entry.ts";
import { likelyServers, readServers } from "./read-servers.ts";

const read = (client: ClientId, text: string) => readServers(text, "/file", [clientRow(client).servers]);
const one = (client: ClientId, entry: object) => read(client, JSON.stringify({ [clientRow(client).servers[0]]: { x: entry } })).servers[0]!;

test("comments and commas at the end are read, and each server says where it stands", () => {
  const text = `{ // mine\n "mcpServers": { "a": { "command": "npx", "args": ["-y", "a",], }, }, }`;
  expect(read("cursor", text).servers).toEqual([
    { name: "a", key: "mcpServers.a", entry: { command: "npx", args: ["-y", "a"] }, notes: [] },
  ]);
});

test.each<[ClientId, object, object]>([
  ["windsurf", { serverUrl: "https://x.example/mcp", disabledTools: ["t"] }, { url: "https://x.example/mcp", disabled_tools: ["t"] }],
  ["zed", { source: "custom", command: "x", args: [], enabled: false }, { command: "x", args: [], disabled: true }],
  ["zed", { command: { path: "x", args: ["a"], env: { B: "c" } } }, { command: "x", args: ["a"], env: { B: "c" } }],
  ["vscode", { type: "stdio", command: "x" }, { command: "x" }],
  ["vscode", { type: "http", url: "https://x.example/mcp" }, { type: "http", url: "https://x.example/mcp" }],
  ["claude-code", { type: "sse", url: "https://x.example/sse" }, { type: "sse", url: "https://x.example/sse" }],
  ["mcphub", { command: "x", autoApprove: ["a"], disabled_tools: ["b"] }, { command: "x", autoApprove: ["a"], disabled_tools: ["b"] }],
])("%s: %j", (client, written, entry) => {
  expect(one(client, written)).toMatchObject({ entry, notes: [] });
  expect(one(client, written).refused).toBeUndefined();
});

test("what has no meaning here is left, and said", () => {
  expect(one("vscode", { command: "x", envFile: ".env" })).toMatchObject({
    entry: { command: "x" },
    notes: [expect.stringContaining("envFile")],
  });
  expect(one("claude-code", { command: "x", args: ["${HOME:-/}"] }).notes).toEqual([expect.stringContaining("${HOME:-/}")]);
});

test.each([
  [{ settings: {} }, "belongs to an extension of the client"],
  [{ env: {} }, "has neither a command nor a url"],
  [{ command: "x", url: "https://x.example" }, "url cannot stand beside command"],
  [{ command: 7 }, "command"],
])("%j is no server here", (entry, why) => {
  expect(one("zed", entry).refused).toContain(why);
});

test("inputs come along; an empty file has nothing; a broken one says where", () => {
  const inputs = [{ id: "key", type: "promptString", password: true }, { type: "command" }];
  expect(read("vscode", JSON.stringify({ servers: {}, inputs })).inputs).toMatchObject([{ id: "key", password: true }]);
  expect(read("vscode", " \n")).toEqual({ servers: [], inputs: [] });
  expect(() => read("vscode", '{\n "servers": {')).toThrow("/file:2:");
});

test("the file of an unknown program is searched where servers may be", () => {
  const found = likelyServers.flatMap((path) => readServers('{"mcp":{"servers":{"a":{"command":"x"}}}}', "/f", [path]).servers);
  expect(found.map(({ key }) => key)).toEqual(["mcp.servers.a"]);
});

test("what connect writes into a client's file reads as what was meant", () => {
  for (const client of clientIds) {
    const { http } = clientRow(client);
    expect(one(client, entryFor(client, { kind: "stdio", command: "hubctl", args: ["stdio"], env: {} })).entry).toEqual({
      command: "hubctl",
      args: ["stdio"],
    });
    if (http)
      expect(one(client, entryFor(client, { kind: "http", url: "http://127.0.0.1:1/mcp", hasToken: false })).entry).toMatchObject({
        url: "http://127.0.0.1:1/mcp",
      });
  }
});
