import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { cli } from "../../../tests/support/cli-driver.ts";
import { stdioServer } from "../../../tests/support/stdio-server.ts";
import { systemDisk } from "../disk.ts";

let home: string;
let bin: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "hubctl-connect-"));
  bin = join(home, "bin");
  await mkdir(join(home, "project"));
  await mkdir(bin);
});
afterEach(() => rm(home, { recursive: true, force: true }));

const run = (argv: string[], env: Record<string, string> = {}) => {
  const host = { ...systemRuntime.host, home, cwd: join(home, "project"), platform: "linux" as const };
  const runtime = { ...systemRuntime, host, env: { HOME: home, PATH: `${bin}:/usr/bin:/bin`, ...env } };
  return cli(["connect", ...argv], { runtime, disk: systemDisk });
};
const put = async (path: string, text: string) => {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), text);
};
const read = (path: string) => readFile(join(home, path), "utf8");

/** A program called hubctl that is a small MCP server, and notes how it was started. */
async function installHubctl(): Promise<void> {
  const { command, args } = stdioServer("echo");
  await writeFile(
    join(bin, "hubctl"),
    `#!/bin/sh\necho "$PWD $* $XDG_STATE_HOME" > "${home}/started"\nexec "${command}" ${args.join(" ")}\n`,
  );
  await chmod(join(bin, "hubctl"), 0o755);
}

/** A configuration whose port nobody listens on: it was free a moment ago. */
async function closedPort(): Promise<number> {
  await using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  await put(".config/hubctl/config.json5", `{ hub: { port: ${server.port} } }`);
  return server.port!;
}

test("after the change it starts what the client will start, and counts the tools", async () => {
  await installHubctl();
  await put(".config/Claude/claude_desktop_config.json", '{\n  "theme": "dark"\n}\n');
  const { code, out, err } = await run(["claude-desktop", "--yes"], { XDG_STATE_HOME: join(home, "state") });
  expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/The entry works: [1-9]\d* tools?/) });
  expect(out).toContain('+    "hubctl": {');
  expect(JSON.parse(await read(".config/Claude/claude_desktop_config.json"))).toEqual({
    theme: "dark",
    mcpServers: { hubctl: { command: join(bin, "hubctl"), args: ["stdio"], env: { XDG_STATE_HOME: join(home, "state") } } },
  });
  expect(await read("started")).toBe(`${home} stdio ${home}/state\n`);
});

test("an entry that does not work is said to be written, with how to mend it", async () => {
  const port = await closedPort();
  const { code, out, err } = await run(["cursor", "--yes", "--json"]);
  expect({ code, out }).toEqual({ code: 7, out: "" });
  expect(JSON.parse(err.split("\n").at(-2)!)).toMatchObject({
    error: {
      message: expect.stringContaining("does not work yet"),
      hint: expect.stringContaining("hubctl connect cursor --stdio"),
      details: { file: `${home}/.cursor/mcp.json` },
    },
  });
  expect(JSON.parse(await read(".cursor/mcp.json"))).toEqual({ mcpServers: { hubctl: { url: `http://127.0.0.1:${port}/mcp` } } });
});

test("a token is in neither the file nor the output", async () => {
  await closedPort();
  const { out, err } = await run(["vscode", "--yes", "--json", "--skip-probe"], { HUBCTL_TOKEN: "hct_s3cr3t" });
  expect(JSON.parse(out)).toMatchObject({
    state: "connected",
    entry: { type: "http", headers: { Authorization: "Bearer ${env:HUBCTL_TOKEN}" } },
  });
  expect(out + err + (await read(".config/Code/User/mcp.json"))).not.toContain("s3cr3t");
  // Zed has no word for a variable, so it gets the command.
  expect(JSON.parse((await run(["zed", "--dry-run", "--json"], { HUBCTL_TOKEN: "hct_s3cr3t" })).out)).toMatchObject({
    entry: { args: expect.arrayContaining(["stdio"]) },
  });
});

test("a project's file gets what works on every machine", async () => {
  await installHubctl();
  const { code } = await run(["claude-code", "--project", "--stdio", "--yes", "--name", "hub"], { XDG_STATE_HOME: "/x" });
  expect(code).toBe(0);
  expect(JSON.parse(await read("project/.mcp.json"))).toEqual({
    mcpServers: { hub: { type: "stdio", command: "hubctl", args: ["stdio"] } },
  });
  expect(await read("started")).toBe(`${home}/project stdio \n`);
});

test("--dry-run and a missing --yes write nothing; --undo leaves the very text; --list tells", async () => {
  const text = '{\r\n\t// mine\r\n\t"mcpServers": {},\r\n}\r\n';
  await put(".cursor/mcp.json", text);
  await closedPort();
  const state = async () =>
    (JSON.parse((await run(["--list", "--json"])).out) as { items: { client: string; state: string }[] }).items.find(
      ({ client }) => client === "cursor",
    )!.state;
  expect(await run(["cursor", "--dry-run"])).toMatchObject({ code: 0, out: expect.stringContaining("+\t\t") });
  expect(await run(["cursor"])).toMatchObject({ code: 2 });
  expect([await read(".cursor/mcp.json"), await state()]).toEqual([text, "found"]);
  expect(await run(["cursor", "--yes", "--skip-probe"])).toMatchObject({ code: 0 });
  expect(await state()).toBe("connected");
  expect(await run(["cursor", "--yes", "--skip-probe"])).toMatchObject({ code: 0, err: expect.stringContaining("already") });
  expect(await run(["cursor", "--undo", "--yes"])).toMatchObject({ code: 0 });
  expect([await read(".cursor/mcp.json"), await state()]).toEqual([text, "found"]);
  expect(await run(["cursor", "--undo", "--yes"])).toMatchObject({ code: 4 });
});

test("what cannot be is said before anything is written", async () => {
  expect(await run([])).toMatchObject({ code: 2, err: expect.stringContaining("--list") });
  expect(await run(["nobody"])).toMatchObject({ code: 2 });
  expect(await run(["cursor", "--http", "--stdio"])).toMatchObject({ code: 2 });
  expect(await run(["claude-desktop", "--http"])).toMatchObject({ code: 2 });
  expect(await run(["windsurf", "--project"])).toMatchObject({ code: 2 });
  expect(await run(["mcphub", "--yes"])).toMatchObject({ code: 5 });
  await put(".config/hubctl/config.json5", "{ hub: { port: 0 } }");
  expect(await run(["cursor", "--http"])).toMatchObject({ code: 5 });
});
