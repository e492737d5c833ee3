import { expect, test } from "bun:test";
import { fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { clientIds, type ClientId } from "./client-table.ts";
import { placesOf } from "./places.ts";

interface Machine {
  readonly platform?: NodeJS.Platform;
  readonly env?: Record<string, string>;
  readonly there?: readonly string[];
}

async function paths(client: ClientId, { platform = "linux", env = {}, there = [] }: Machine = {}): Promise<string[]> {
  const { host } = fakeRuntime();
  const windows = platform === "win32";
  const runtime = { env, host: { ...host, platform, home: windows ? "C:\\Users\\ana" : "/home/ana", cwd: windows ? "C:\\w" : "/w" } };
  return (await placesOf(client, { runtime, exists: async (path) => there.includes(path) })).map(({ path }) => path);
}

test.each([
  ["claude-desktop", "linux", ["/home/ana/.config/Claude/claude_desktop_config.json"]],
  ["claude-desktop", "darwin", ["/home/ana/Library/Application Support/Claude/claude_desktop_config.json"]],
  ["claude-desktop", "win32", ["C:\\Users\\ana\\AppData\\Roaming\\Claude\\claude_desktop_config.json"]],
  ["claude-code", "linux", ["/home/ana/.claude.json", "/w/.mcp.json"]],
  ["cursor", "win32", ["C:\\Users\\ana\\.cursor\\mcp.json", "C:\\w\\.cursor\\mcp.json"]],
  ["vscode", "darwin", ["/home/ana/Library/Application Support/Code/User/mcp.json", "/w/.vscode/mcp.json"]],
  ["windsurf", "linux", ["/home/ana/.codeium/windsurf/mcp_config.json"]],
  ["zed", "darwin", ["/home/ana/.config/zed/settings.json", "/w/.zed/settings.json"]],
  ["mcphub", "freebsd", ["/home/ana/.config/mcphub/servers.json", "/w/.mcphub/servers.json"]],
] as const)("%s on %s", async (client, platform, expected) => {
  expect(await paths(client, { platform })).toEqual([...expected]);
});

test("variables that move a client's files are heeded, relative ones are not", async () => {
  const env = { HOME: "/elsewhere", XDG_CONFIG_HOME: "/xdg", CLAUDE_CONFIG_DIR: "/claude" };
  expect(await paths("zed", { env })).toEqual(["/xdg/zed/settings.json", "/w/.zed/settings.json"]);
  expect((await paths("claude-code", { env }))[0]).toBe("/claude/.claude.json");
  expect((await paths("zed", { env: { XDG_CONFIG_HOME: "here" } }))[0]).toBe("/home/ana/.config/zed/settings.json");
});

test("of several places the one that is there counts", async () => {
  const packaged =
    "C:\\Users\\ana\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json";
  expect(await paths("claude-desktop", { platform: "win32", there: [packaged] })).toEqual([packaged]);
});

test("every client has a place on every platform", async () => {
  for (const platform of ["linux", "darwin", "win32"] as const)
    for (const client of clientIds) expect((await paths(client, { platform })).every((path) => !/[{}]/.test(path))).toBe(true);
});
