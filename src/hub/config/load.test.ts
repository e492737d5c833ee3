import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HubError } from "#hub/kernel/errors.ts";
import { fakeFiles, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { parseLayer } from "./layer.ts";
import { mergeLayers } from "./layers.ts";
import { loadConfig } from "./load.ts";
import { problemsOf } from "./problem.ts";

const load = (files: Record<string, unknown>, paths = Object.keys(files)) => {
  const texts = Object.entries(files).map(([path, value]) => [path, typeof value === "string" ? value : JSON.stringify(value)]);
  return loadConfig({ files: paths, runtime: fakeRuntime({ files: fakeFiles(Object.fromEntries(texts) as Record<string, string>) }) });
};

describe("loadConfig", () => {
  test("without any file the configuration is empty and whole", async () => {
    const config = await load({}, ["/a.json5", "b.json"]);
    expect(config).toMatchObject({
      hub: { port: 37_373, host: "127.0.0.1", allowedHosts: [], socket: true, logLevel: "info", callTimeoutMs: 300_000 },
      inputs: [],
      files: [
        { path: "/a.json5", state: "missing" },
        { path: "b.json", state: "missing" },
      ],
      warnings: [],
      other: {},
    });
    expect(config.servers.size).toBe(0);
  });

  test("a later file replaces servers and other keys whole, and says where each server is from", async () => {
    const config = await load({
      "/user.json": {
        mcpServers: { a: { command: "a", env: { X: "1" } }, b: { command: "b" } },
        hub: { port: 1, logLevel: "debug" },
        inputs: [{ id: "i" }],
        theirs: { x: 1 },
      },
      "/project.json": { servers: { c: { command: "c" }, a: { command: "other" } }, hub: { host: "::1" }, theirs: { y: 2 } },
    });
    expect([...config.servers].map(([name, { configSource, env }]) => [name, configSource, env])).toEqual([
      ["a", "/project.json", {}],
      ["b", "/user.json", {}],
      ["c", "/project.json", {}],
    ]);
    expect(config.hub).toMatchObject({ port: 37_373, host: "::1", logLevel: "info" });
    expect(config.inputs.map(({ id }) => id)).toEqual(["i"]);
    expect(config.other).toEqual({ theirs: { y: 2 } });
  });

  test("a relative path is read from the hub's directory and shown as given", async () => {
    const runtime = fakeRuntime({ files: fakeFiles({ "/work/sub/c.json": '{"mcpServers":{"s":{"command":"a"}}}' }) });
    const config = await loadConfig({ files: ["./sub/c.json"], runtime });
    expect(config.files).toEqual([{ path: "./sub/c.json", state: "read" }]);
    expect(config.servers.get("s")?.configSource).toBe("./sub/c.json");
  });

  test("everything wrong in any file is in the error", async () => {
    const error = await load({
      "/a.json": '{\n"mcpServers": {"github": {"command": "x", "args": "no"}, "b": {}}}',
      "/b.json": "{",
      "/c.json": {},
    }).catch((cause: unknown) => cause as HubError);
    expect(error).toBeInstanceOf(HubError);
    const failed = error as HubError;
    expect(failed.code).toBe("VALIDATION");
    expect(failed.message).toBe(
      [
        "/a.json:2:43 mcpServers.github.args: must be an array of strings",
        "/a.json:2:58 mcpServers.b: needs a command (local server) or a url (remote server)",
        "/b.json:1:2 is not valid JSON5: invalid end of input",
      ].join("\n"),
    );
    expect(problemsOf(failed)).toHaveLength(3);
    expect(problemsOf(failed)[0]).toEqual({
      file: "/a.json",
      line: 2,
      column: 43,
      key: "mcpServers.github.args",
      message: "must be an array of strings",
    });
  });

  test("nothing in it can be changed", async () => {
    const config = await load({ "/a.json": { mcpServers: { s: { command: "a", args: ["x"] } } } });
    expect(() => Object.assign(config.hub, { port: 1 })).toThrow();
    expect(() => (config.servers.get("s")!.entry["args"] as string[]).push("y")).toThrow();
  });
});

test("layers: each server is the entry of the last file that has it, in the order of first mention", () => {
  const names = fc.uniqueArray(fc.constantFrom<string[]>("a", "b", "c", "d"));
  fc.assert(
    fc.property(fc.array(names, { maxLength: 5 }), (files) => {
      const layers = files.map((servers, index) =>
        parseLayer(
          JSON.stringify({ mcpServers: Object.fromEntries(servers.map((name) => [name, { command: `${name}${index}` }])) }),
          `f${index}`,
        ),
      );
      const { servers } = mergeLayers(layers);
      expect([...servers.keys()]).toEqual([...new Set(files.flat())]);
      for (const [name, { configSource, entry }] of servers) {
        const last = files.findLastIndex((file) => file.includes(name));
        expect([configSource, entry["command"]]).toEqual([`f${last}`, `${name}${last}`]);
      }
    }),
  );
});
