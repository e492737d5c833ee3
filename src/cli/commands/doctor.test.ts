import { afterAll, describe, expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { systemDisk } from "../disk.ts";
import type { Finding } from "../doctor/finding.ts";
import { cli, type CliOptions } from "../../../tests/support/cli-driver.ts";

const homes: string[] = [];
afterAll(() => Promise.all(homes.map((home) => rm(home, { recursive: true, force: true }))));

async function newUser(config?: string): Promise<{ home: string; options: CliOptions }> {
  const home = await mkdtemp(join(tmpdir(), "hubctl-doctor-"));
  homes.push(home);
  const options: CliOptions = {
    disk: systemDisk,
    runtime: {
      ...systemRuntime,
      env: { HOME: home, XDG_RUNTIME_DIR: join(home, "run"), PATH: "/usr/bin:/bin" },
      host: { ...systemRuntime.host, home, cwd: home },
    },
  };
  await mkdir(join(home, ".config/hubctl"), { recursive: true, mode: 0o700 });
  if (config !== undefined) await writeFile(join(home, ".config/hubctl/config.json5"), config);
  return { home, options };
}

const examine = async (options: CliOptions) => {
  const { code, out, err } = await cli(["doctor", "--json"], options);
  expect(err).toBe("");
  const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: Finding[] };
  return { code, ok, of: (check: string) => checks.filter((finding) => finding.check === check) };
};

describe("doctor", () => {
  test("finds commands on the PATH, and says what to do about one that is missing", async () => {
    const { options } = await newUser(
      '{ hub: { port: 0 }, mcpServers: { good: { command: "sh" }, bad: { command: "no-such-command" }, later: { command: "${env:TOOL}" } } }',
    );
    const { code, ok, of } = await examine(options);
    expect({ code, ok }).toEqual({ code: 1, ok: false });
    expect(of("server command").map(({ status, message }) => `${status} ${message.split(":")[0]}`)).toEqual([
      "pass good",
      "fail bad",
      "pass later",
    ]);
    expect(of("server command")[1]?.remedy).toContain("Install no-such-command");
    expect(of("store")).toEqual([expect.objectContaining({ status: "pass" })]);
  });

  test("shows each mistake of the configuration at its place", async () => {
    const { options } = await newUser('{ hub: { port: "x" } }');
    const { code, of } = await examine(options);
    expect(code).toBe(1);
    expect(of("configuration")).toEqual([
      expect.objectContaining({ status: "fail", message: expect.stringMatching(/config\.json5:1:\d+ hub\.port/) }),
    ]);
  });

  test("warns of directories others may enter and of sockets nobody answers", async () => {
    const { home, options } = await newUser("{ hub: { port: 0 } }");
    await chmod(join(home, ".config/hubctl"), 0o755);
    await mkdir(join(home, "run/hubctl"), { recursive: true, mode: 0o700 });
    const dead = join(home, "run/hubctl/dead.sock");
    // A listener takes its file away when it stops; one that is killed leaves it, as this one does under another name.
    const listener = Bun.listen({ unix: `${dead}.alive`, socket: { data() {} } });
    await rename(`${dead}.alive`, dead);
    listener.stop(true);
    const { code, of } = await examine(options);
    expect(code).toBe(0);
    expect(of("directory").filter(({ status }) => status === "warn")).toEqual([
      expect.objectContaining({ message: expect.stringContaining("(755)"), remedy: `Close it: chmod 700 ${home}/.config/hubctl` }),
    ]);
    expect(of("socket")).toEqual([expect.objectContaining({ status: "warn", remedy: `Nothing needs it: rm ${dead}` })]);
  });

  test("a port held by another program is a failure with a way out", async () => {
    using other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("hello") });
    const { options } = await newUser(`{ hub: { port: ${other.port} } }`);
    const { code, of } = await examine(options);
    expect({ code, status: of("port")[0]?.status }).toEqual({ code: 1, status: "fail" });
  });

  test("for a person one line a check, remedies below; --quiet leaves what is wrong", async () => {
    const { options } = await newUser('{ hub: { port: 0 }, mcpServers: { bad: { command: "no-such-command" } } }');
    const { out } = await cli(["doctor"], options);
    expect(out).toMatch(/^PASS {2}hubctl +\d/m);
    expect((await cli(["doctor", "--quiet"], options)).out).toMatch(
      /^FAIL {2}server command {2}bad: there is no no-such-command on the PATH\n +Install no-such-command, .*\n$/,
    );
  });

  test("--reset-terminal puts a terminal in order and nothing else", async () => {
    const { out, code } = await cli(["doctor", "--reset-terminal"], { isTTY: true });
    expect(code).toBe(0);
    for (const sequence of ["\u001b[?1049l", "\u001b[?25h", "\u001b[?1000l", "\u001b[0m"]) expect(out).toContain(sequence);
    expect(await cli(["doctor", "--reset-terminal"])).toMatchObject({ code: 2, out: "" });
  });
});
