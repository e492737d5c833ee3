import { describe, expect, test } from "bun:test";
import { fakeFiles, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import type { JsonSchema } from "../json-schema.ts";
import { rootTable } from "../root.ts";
import { complete } from "./complete.ts";
import { readNames, rememberNames } from "./known-names.ts";
import { nameSource, type NameSource } from "./name-source.ts";

const schema: JsonSchema = {
  type: "object",
  properties: { channel: { type: "string", description: "Where" }, mode: { enum: ["full", "none"] }, unfurl: { type: "boolean" } },
};
const lists: Record<string, Record<string, string>> = {
  "servers.list": { github: "", sentry: "" },
  "tools.list": { "slack.messages.post": "Post a message", "slack.channels.list": "" },
};
const names: NameSource = {
  names: async (operation) => lists[operation] ?? {},
  toolSchema: async (id) => (id === "slack.messages.post" ? schema : undefined),
};
const values = async (...words: string[]) => {
  const found = await complete(words, { root: rootTable, names });
  return found === "files" ? found : found.map(({ value }) => value);
};

describe("words", () => {
  test("commands, their verbs, and both after help and global flags", async () => {
    expect(await values("serv")).toEqual(["serve", "servers"]);
    expect(await values("servers", "rest")).toEqual(["restart"]);
    expect(await values("help", "servers", "rest")).toEqual(["restart"]);
    expect(await values("--quiet", "--url", "http://x", "servers", "rest")).toEqual(["restart"]);
    expect(await values("config", "ch")).toEqual(["check"]);
    expect(await values("nonsense", "")).toEqual([]);
    expect(await values("__")).toEqual([]);
  });

  test("flags, their values, and global flags", async () => {
    expect(await values("--j")).toEqual(["--json"]);
    expect(await values("servers", "list", "--st")).toEqual(["--state"]);
    expect(await values("servers", "list", "--state", "re")).toEqual(["ready"]);
    expect(await values("servers", "list", "--state=re")).toEqual(["--state=ready"]);
    expect(await values("serve", "--log-level", "")).toEqual(["debug", "info", "warn", "error"]);
    expect(await values("completion", "")).toEqual(["bash", "zsh", "fish"]);
  });

  test("files where a flag takes one", async () => {
    expect(await values("--config", "")).toBe("files");
    expect(await values("serve", "--config=x")).toBe("files");
    expect(await values("call", "-o", "")).toBe("files");
  });

  test("names that only a hub knows", async () => {
    expect(await values("servers", "restart", "")).toEqual(["github", "sentry"]);
    expect(await values("tools", "list", "--source", "g")).toEqual(["github"]);
    expect(await values("tools", "show", "slack.m")).toEqual(["slack.messages.post"]);
  });
});

describe("a tool's arguments", () => {
  test("the tool, then its keys, flags and values", async () => {
    expect(await values("call", "--timeout", "3s", "slack.c")).toEqual(["slack.channels.list"]);
    expect(await values("call", "slack.messages.post", "")).toEqual(["channel=", "mode=", "unfurl="]);
    expect(await values("call", "slack.messages.post", "--")).toEqual(["--channel", "--mode", "--unfurl"]);
    expect(await values("call", "slack.messages.post", "--mode", "")).toEqual(["full", "none"]);
    expect(await values("call", "slack.messages.post", "--mode=f")).toEqual(["--mode=full"]);
    expect(await values("call", "slack.messages.post", "channel=C1", "mode=")).toEqual(["mode=full", "mode=none"]);
    expect(await values("call", "slack.messages.post", "channel=@no")).toBe("files");
    expect(await values("call", "unknown.tool", "")).toEqual([]);
  });
});

describe("names without a running hub", () => {
  const world = () => fakeRuntime({ files: fakeFiles() });
  const list = { items: [{ id: "a.b", description: "First line\nsecond" }] };

  test("are those seen last, and schemas those of tools shown last", async () => {
    const runtime = world();
    const invoke = rememberNames(async (name) => (name === "tools.show" ? { id: "a.b", inputSchema: schema } : list), runtime);
    await invoke("tools.list", { limit: 100 });
    await invoke("tools.show", { id: "a.b" });
    const source = nameSource(runtime, async () => undefined);
    expect(await source.names("tools.list")).toEqual({ "a.b": "First line" });
    expect(await source.toolSchema("a.b")).toEqual(schema);
    expect(await source.toolSchema("a.c")).toBeUndefined();
    expect(await source.names("servers.list")).toEqual({});
  });

  test("a narrowed or cut list is not remembered, nor is a call", async () => {
    const runtime = world();
    const invoke = rememberNames(async (name) => (name === "tools.list" ? list : { items: [], nextCursor: "x" }), runtime);
    await invoke("tools.list", { source: "a" });
    await invoke("servers.list", {});
    await invoke("tools.call", { id: "a.b" });
    expect(await readNames(runtime)).toEqual({ lists: {}, schemas: [] });
  });

  test("a broken cache is an empty one", async () => {
    const files = fakeFiles();
    await rememberNames(async () => list, fakeRuntime({ files }))("tools.list", {});
    const [path] = files.content.keys();
    files.content.set(path!, "{");
    expect(await readNames(fakeRuntime({ files }))).toEqual({ lists: {}, schemas: [] });
  });

  test("a hub that answers wins over what was seen, one that fails does not", async () => {
    const runtime = world();
    await rememberNames(async () => list, runtime)("tools.list", {});
    const live = nameSource(runtime, async () => async () => ({ items: [{ id: "x.y" }] }));
    expect(Object.keys(await live.names("tools.list"))).toEqual(["x.y"]);
    const broken = nameSource(runtime, async () => () => Promise.reject(new Error("gone")));
    expect(Object.keys(await broken.names("tools.list"))).toEqual(["a.b"]);
  });
});
