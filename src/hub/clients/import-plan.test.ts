import { expect, test } from "bun:test";
import JSON5 from "json5";
import { planImport, type ImportOptions, type ImportSource } from "./import-plan.ts";
import { readServers } from "./read-servers.ts";

const source = (title: string, servers: object, inputs: object[] = []): ImportSource => ({
  title,
  file: `/${title}.json`,
  ...readServers(JSON.stringify({ servers, inputs }), `/${title}.json`, [["servers"]]),
});
const plan = (sources: readonly ImportSource[], options: Partial<ImportOptions> = {}) =>
  planImport(sources, { text: "", file: "/config.json5", rename: false, keepSecrets: false, ports: [37_373], ...options });
const states = (...given: Parameters<typeof plan>) => plan(...given).servers.map(({ as, state }) => `${as} ${state}`);

const files = { command: "npx", args: ["files"] };

test("new ones are added, nothing else changes", () => {
  const text = "// mine\n{\n  mcpServers: {\n    old: { command: 'x' }, // first\n  },\n  hub: { port: 1 },\n}\n";
  const { text: after, servers } = plan([source("a", { files })], { text });
  expect(servers).toMatchObject([{ name: "files", as: "files", state: "new", from: "a", key: "servers.files" }]);
  expect(after.split("\n").filter((line) => text.split("\n").includes(line))).toEqual(text.split("\n"));
  expect(JSON5.parse(after)).toEqual({ ...JSON5.parse(text), mcpServers: { old: { command: "x" }, files } });
});

test("the same server twice is one; a taken name is left out or renamed", () => {
  const sources = [source("a", { files }), source("b", { files }), source("c", { files: { command: "other" } })];
  expect(states(sources)).toEqual(["files new", "files same", "files conflict"]);
  expect(states(sources, { rename: true })).toEqual(["files new", "files same", "files-2 renamed"]);
  const { text } = plan(sources, { rename: true });
  expect(states(sources, { rename: true, text })).toEqual(["files same", "files same", "files-2 same"]);
  expect(plan(sources, { rename: true, text }).text).toBe(text);
});

test("secrets become placeholders unless they are to be kept, and a second import finds either form", () => {
  const sources = [source("a", { gh: { command: "x", env: { GH_TOKEN: "s3cr3t" } } })];
  const cleaned = plan(sources);
  expect(cleaned.text).not.toContain("s3cr3t");
  expect(cleaned.servers[0]!.secrets).toEqual([{ variable: "GH_TOKEN", field: "env.GH_TOKEN" }]);
  const kept = plan(sources, { keepSecrets: true });
  expect(JSON5.parse(kept.text)).toEqual({ mcpServers: { gh: { command: "x", env: { GH_TOKEN: "s3cr3t" } } } });
  for (const { text } of [cleaned, kept]) expect(states(sources, { text })).toEqual(["gh same"]);
});

test("the hub itself and what is no server stay out", () => {
  const servers = {
    url: { url: "http://127.0.0.1:37373/mcp" },
    command: { command: "/usr/bin/hubctl", args: ["stdio"] },
    source: { command: "/bin/bun", args: ["/x/src/cli/main.ts", "stdio"] },
    neighbour: { url: "http://127.0.0.1:9999/mcp" },
    broken: { args: [] },
  };
  expect(states([source("a", servers)])).toEqual(["url self", "command self", "source self", "neighbour new", "broken refused"]);
});

test("inputs that the new servers ask for come along, once", () => {
  const inputs = [
    { id: "key", type: "promptString", password: true },
    { id: "unused", type: "promptString" },
  ];
  const asking = source("a", { x: { command: "x", env: { K: "${input:key}" } } }, inputs);
  const { text } = plan([asking, source("b", { y: { command: "y", args: ["${input:key}"] } }, inputs)]);
  expect(JSON5.parse(text).inputs).toMatchObject([{ id: "key" }]);
  const present = "{ inputs: [ { id: 'key', description: 'mine' }, /* more */ ] }";
  expect(JSON5.parse(plan([asking], { text: present }).text).inputs).toEqual([{ id: "key", description: "mine" }]);
});

test("they go where the configuration has its servers", () => {
  expect(JSON5.parse(plan([source("a", { files })], { text: "{ servers: { x: { command: 'x' } } }" }).text)).toEqual({
    servers: { x: { command: "x" }, files },
  });
  expect(() => plan([source("a", { files })], { text: "{ nonsense" })).toThrow("/config.json5:1:");
});
