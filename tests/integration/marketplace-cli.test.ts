import { expect, test } from "bun:test";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machinePath } from "../support/machine-path.ts";

const main = join(import.meta.dir, "../../src/cli/main.ts");
const older = "2026.7.10";
/** A package manager fetches what it starts. */
const slow = 240_000;

/** A person's machine with nothing of ours on it yet. */
async function freshHome() {
  const home = await mkdtemp(join(tmpdir(), "hubctl-"));
  const config = join(home, ".config/hubctl/config.json5");
  return {
    home,
    config: () => readFile(config, "utf8"),
    async run(...argv: string[]) {
      const child = Bun.spawn([process.execPath, main, ...argv], {
        cwd: home,
        env: { PATH: machinePath(), HOME: home, NO_COLOR: "1" },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
      return { out, err, code };
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

test(
  "by commands: search, show, install, call, update and uninstall, from a home that has nothing",
  async () => {
    await using machine = await freshHome();
    const json = async (...argv: string[]): Promise<Record<string, unknown>> => {
      const { out, err, code } = await machine.run(...argv, "--json");
      if (code !== 0) throw new Error(err);
      return JSON.parse(out) as Record<string, unknown>;
    };
    const files = join(machine.home, "files");
    await mkdir(files);
    await writeFile(join(files, "hello.txt"), "hello there");

    expect((await machine.run("marketplace", "search", "filesystem", "--category", "system-tools")).out).toContain("sh.mcpm/filesystem");
    expect(await json("marketplace", "show", "@modelcontextprotocol/server-filesystem")).toMatchObject({ title: "Filesystem" });

    const refused = await machine.run("marketplace", "install", "@modelcontextprotocol/server-filesystem", "--version", older);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(`npx -y @modelcontextprotocol/server-filesystem@${older} {directory}…`);
    expect(refused.err).toContain("Nothing was written");
    expect(machine.config()).rejects.toThrow();

    const agreed = ["--version", older, "--yes", "--input", "directory=files"];
    const installed = await json("marketplace", "install", "@modelcontextprotocol/server-filesystem", ...agreed);
    expect(installed).toMatchObject({ server: "filesystem", state: "enabled", package: { version: older } });
    expect(await machine.config()).toContain(files);
    const hello = join(files, "hello.txt");
    expect((await machine.run("call", "filesystem.read_text_file", "--path", hello)).out).toContain("hello there");

    const updated = await machine.run("marketplace", "update", "filesystem", "--yes");
    expect(updated.err).toContain(`Version    ${older} → `);
    expect(await machine.config()).not.toContain(older);
    expect((await machine.run("call", "filesystem.read_text_file", "--path", hello)).out).toContain("hello there");

    expect((await machine.run("marketplace", "uninstall", "filesystem")).code).toBe(0);
    expect(await machine.config()).not.toContain("server-filesystem");
    expect(await json("marketplace", "installed")).toEqual({ items: [] });
  },
  slow,
);
