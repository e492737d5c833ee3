import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../..");

/** A home of its own, so that the hub of whoever runs the tests is not found. */
async function emptyHome() {
  const path = await mkdtemp(join(tmpdir(), "hubctl-start-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const start = (argv: readonly string[], home: string) =>
  Bun.spawn([...argv], {
    cwd: root,
    env: { PATH: process.env["PATH"]!, HOME: home, XDG_RUNTIME_DIR: join(home, "run") },
    stdio: ["ignore", "pipe", "inherit"],
  });

/** Reads the line that says where the hub listens, then gives back the rest of the output. */
async function ready(stdout: ReadableStream<Uint8Array>) {
  const reader = stdout.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes('"ready"') || !text.endsWith("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`The hub ended before it was ready: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  const hub = JSON.parse(text.slice(text.indexOf("{"))) as { readonly url: string; readonly pid: number };
  /** The output ends when the last process that holds it has ended, whoever its parent is by then. */
  const ended = async () => {
    while (!(await reader.read()).done) continue;
  };
  return { hub, ended };
}

test("npm start runs the hub with the arguments it is given, and takes it along when npm is stopped", async () => {
  await using home = await emptyHome();
  await using npm = start(["npm", "start", "--silent", "--", "--port", "0"], home.path);
  const { hub, ended } = await ready(npm.stdout);
  expect((await fetch(`${hub.url}/health`)).status).toBe(200);
  npm.kill("SIGTERM");
  await ended();
  expect(() => process.kill(hub.pid, 0)).toThrow();
});

test("the exit code of the hub is that of the command", async () => {
  await using home = await emptyHome();
  const child = start(["node", "scripts/bootstrap.mjs", "start", "--no-such-flag"], home.path);
  expect(await child.exited).toBe(2);
});

test("a task that does not exist is refused with those that do", async () => {
  await using home = await emptyHome();
  const child = Bun.spawn(["node", "scripts/bootstrap.mjs", "sing"], {
    cwd: root,
    env: { PATH: process.env["PATH"]!, HOME: home.path },
    stderr: "pipe",
  });
  expect(await child.stderr.text()).toContain("there are start, bench, build");
  expect(await child.exited).toBe(1);
});
