import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseMcpHubArguments as parse } from "./argv.ts";
import { mcpHubArguments } from "./invoked-as.ts";

const none = { port: undefined, config: [], watch: false, autoShutdown: false, shutdownDelay: 0, version: false, help: false };
const words = (line: string) => line.split(" ").filter((word) => word !== "");

test("what mcphub.nvim types is read", () => {
  expect(parse(words("--port 37373 --config a.json --config b.json --auto-shutdown --shutdown-delay 300000 --watch"))).toEqual({
    ...none,
    port: "37373",
    config: ["a.json", "b.json"],
    autoShutdown: true,
    shutdownDelay: 300_000,
    watch: true,
  });
});

test("every spelling means the same", () => {
  for (const line of ["--port 1 -c a b", "--port=1 --config=a --config b", "-p 1 -c a -c b", "-p=1 --config a b --"])
    expect(parse(words(line))).toEqual({ ...none, port: "1", config: ["a", "b"] });
  for (const line of ["-w", "--watch", "--watch true", "--watch=true", "--no-watch --watch"]) expect(parse(words(line)).watch).toBe(true);
  for (const line of ["", "--no-watch", "--watch false", "--watch=false", "--watch --no-watch"])
    expect(parse(words(line)).watch).toBe(false);
  expect(parse(words("--autoShutdown --shutdownDelay=5"))).toMatchObject({ autoShutdown: true, shutdownDelay: 5 });
});

test("unknown flags go with their value, and change nothing", () => {
  expect(parse(words("--verbose --port 1 --log-level debug -c a --x=y stray -z"))).toEqual({ ...none, port: "1", config: ["a"] });
});

test("a flag without its value has none, and a delay that is no number is none", () => {
  expect(parse(words("--port --config"))).toEqual(none);
  expect(parse(words("--shutdown-delay soon")).shutdownDelay).toBe(0);
  expect(parse(words("--shutdown-delay -5")).shutdownDelay).toBe(0);
});

test("whatever is typed, paths come out as they went in and in their order", () => {
  const path = fc.stringMatching(/^[^-=\s][^\s]*$/);
  fc.assert(
    fc.property(fc.array(fc.array(path, { minLength: 1 })), (groups) => {
      expect(parse(groups.flatMap((group) => ["--config", ...group])).config).toEqual(groups.flat());
    }),
  );
  fc.assert(fc.property(fc.array(fc.string()), (argv) => void parse(argv)));
});

test("the name it is called by decides, and `compat mcp-hub` does too", () => {
  const called = (argv0: string, execPath = "/usr/bin/hubctl") => mcpHubArguments(["--version"], { argv0, execPath });
  expect(called("mcp-hub")).toEqual(["--version"]);
  expect(called("./bin/mcp-hub")).toEqual(["--version"]);
  expect(called("bun", "/opt/mcp-hub")).toEqual(["--version"]);
  expect(called("C:/bin/mcp-hub.exe")).toEqual(["--version"]);
  expect(called("hubctl")).toBeUndefined();
  expect(called("my-mcp-hub")).toBeUndefined();
  const plain = { argv0: "hubctl", execPath: "/usr/bin/hubctl" };
  expect(mcpHubArguments(["compat", "mcp-hub", "--port", "1"], plain)).toEqual(["--port", "1"]);
  expect(mcpHubArguments(["compat"], plain)).toBeUndefined();
});
