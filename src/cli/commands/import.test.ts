import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { cli, type CliOptions } from "../../../tests/support/cli-driver.ts";
import { systemDisk } from "../disk.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hubctl-import-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const run = (argv: string[], options: CliOptions = {}) => {
  const host = { ...systemRuntime.host, home, cwd: join(home, "project"), platform: "linux" as const };
  return cli(["import", ...argv], { ...options, runtime: { files: systemRuntime.files, host, env: { HOME: home } }, disk: systemDisk });
};
const put = async (path: string, value: unknown) => {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), typeof value === "string" ? value : JSON.stringify(value));
};
const config = ".config/hubctl/config.json5";
const written = () => readFile(join(home, config), "utf8").catch(() => undefined);

const withSecret = { mcpServers: { gh: { command: "gh-mcp", env: { GH_TOKEN: "s3cr3t-value" } } } };

test("--dry-run shows the plan and writes nothing", async () => {
  await put(".cursor/mcp.json", withSecret);
  const { code, out, err } = await run(["--dry-run"]);
  expect({ code, out }).toEqual({ code: 0, out: "new\tgh\tCursor\t\n" });
  expect(err).toContain(`export GH_TOKEN=…   # now in mcpServers.gh.env.GH_TOKEN of ${home}/.cursor/mcp.json`);
  expect(out + err).not.toContain("s3cr3t");
  expect(await written()).toBeUndefined();
});

test("a program that did not say --yes has not agreed", async () => {
  await put(".cursor/mcp.json", withSecret);
  expect(await run([])).toMatchObject({ code: 2, err: expect.stringContaining("--yes") });
  expect(await written()).toBeUndefined();
});

test("a new configuration is private, and a secret is in it only when asked for", async () => {
  await put(".cursor/mcp.json", withSecret);
  expect(await run(["--yes"])).toMatchObject({ code: 0 });
  expect(await written()).toContain("${env:GH_TOKEN}");
  expect(await written()).not.toContain("s3cr3t");
  expect((await stat(join(home, config))).mode & 0o777).toBe(0o600);
  expect(await run(["--yes"])).toMatchObject({ code: 0, out: "same\tgh\tCursor\tis there already\n" });

  await rm(join(home, config));
  await put(config, "// mine\n{}\n");
  const { code, out, err } = await run(["--yes", "--keep-secrets"]);
  expect(code).toBe(0);
  expect(await written()).toStartWith("// mine\n{");
  expect(await written()).toContain("s3cr3t-value");
  expect((await stat(join(home, config))).mode & 0o777).toBe(0o600);
  expect(out + err).not.toContain("s3cr3t");
  const [backup] = (await readdir(dirname(join(home, config)))).filter((name) => name.endsWith(".bak"));
  expect(await readFile(join(home, dirname(config), backup!), "utf8")).toBe("// mine\n{}\n");
});

test("as JSON: each server with its state, where the text went, what changed", async () => {
  await put(".cursor/mcp.json", withSecret);
  await put(".config/zed/settings.json", '{ "context_servers": { "ext": { "settings": {} }, "gh": { "command": "other" } }, }');
  const { out } = await run(["--yes", "--json", "--rename"]);
  expect(JSON.parse(out)).toMatchObject({
    items: [
      { name: "gh", state: "new", from: "Cursor", secrets: [{ variable: "GH_TOKEN" }] },
      { name: "ext", state: "refused", from: "Zed" },
      { name: "gh", as: "gh-2", state: "renamed", from: "Zed" },
    ],
    config: join(home, config),
    written: 2,
    diff: expect.stringContaining('+    "gh-2"'),
  });
  expect(out).not.toContain("s3cr3t");
});

test("files of the directory count only when asked for", async () => {
  await put("project/.mcp.json", { mcpServers: { theirs: { command: "x" } } });
  expect(await run(["--dry-run"])).toMatchObject({ code: 0, out: "", err: "No client has a server to take over\n" });
  expect(await run(["claude-code", "--dry-run"])).toMatchObject({ code: 4 });
  expect(await run(["claude-code", "--project", "--dry-run"])).toMatchObject({ code: 0, out: "new\ttheirs\tClaude Code\t\n" });
  expect(await run([".mcp.json", "--dry-run"])).toMatchObject({ code: 0, out: "new\ttheirs\t.mcp.json\t\n" });
});

test("what Claude Code keeps for one directory is found", async () => {
  await put(".claude.json", {
    mcpServers: { a: { command: "x" } },
    projects: { [join(home, "project")]: { mcpServers: { b: { command: "y" } } } },
  });
  expect((await run(["--dry-run"])).out).toBe("new\ta\tClaude Code\t\nnew\tb\tClaude Code\t\n");
});

test("a broken file of one client stops nothing, unless it was named", async () => {
  await put(".cursor/mcp.json", "{ nonsense");
  await put(".codeium/windsurf/mcp_config.json", { mcpServers: { a: { command: "x" } } });
  expect(await run(["--dry-run"])).toMatchObject({ code: 0, out: "new\ta\tWindsurf\t\n", err: expect.stringContaining("mcp.json:1:") });
  expect(await run(["cursor", "--dry-run"])).toMatchObject({ code: 2 });
  expect(await run(["nobody", "--dry-run"])).toMatchObject({ code: 4, err: expect.stringContaining("claude-desktop") });
});

test("-c names the file that is written", async () => {
  await put(".cursor/mcp.json", { mcpServers: { a: { command: "x" } } });
  expect(await run(["--yes", "-c", join(home, "other.json")])).toMatchObject({ code: 0 });
  expect(JSON.parse(await readFile(join(home, "other.json"), "utf8"))).toEqual({ mcpServers: { a: { command: "x" } } });
});

test("names that would move the cursor do not", async () => {
  await put(".cursor/mcp.json", { mcpServers: { "a\u001b[2J\nb": { command: "x" } } });
  const { out, err } = await run(["--yes"], { columns: 20, isTTY: true });
  expect(out + err).not.toContain("\u001b[2J");
});
