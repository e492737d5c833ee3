import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { freePort } from "../../support/free-port.ts";

const { clock } = systemRuntime;

const root = join(import.meta.dir, "../../..");

/** The Node among the dependencies where there is one: dev mode of mcp-hub needs 22. */
const node = Bun.which("node", { PATH: [join(root, "node_modules/.bin"), process.env["PATH"]!].join(delimiter) })!;

/** The two programs that are compared: npm's mcp-hub on Node, and ours under that name. */
export const programs = {
  theirs: [node, join(root, "node_modules/mcp-hub/dist/cli.js")],
  ours: [process.execPath, join(root, "src/cli/main.ts"), "compat", "mcp-hub"],
} as const;
export type ProgramName = keyof typeof programs;

/** A directory that is home and working directory of one hub, with its configuration. */
export interface Place extends AsyncDisposable {
  readonly home: string;
  readonly workspaces: string;
  write(name: string, config: unknown): Promise<string>;
}

export async function place(): Promise<Place> {
  const home = await mkdtemp(join(tmpdir(), "mcp-hub-"));
  await mkdir(join(home, "run"));
  return {
    home,
    workspaces: join(home, ".local/state/mcp-hub/workspaces.json"),
    async write(name, config) {
      const path = join(home, name);
      await writeFile(path, typeof config === "string" ? config : JSON.stringify(config, null, 2));
      return path;
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

/** What the end of a program leaves. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program extends AsyncDisposable {
  readonly pid: number;
  readonly base: string;
  readonly port: number;
  readonly ended: Promise<Ended>;
  signal(name: NodeJS.Signals): void;
  get(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body?: unknown): Promise<Response>;
}

export interface StartOptions {
  readonly at: Place;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program with these words after `--port`; resolves when its port takes connections or it has ended. */
export async function start(name: ProgramName, argv: readonly string[], { at, port, env }: StartOptions): Promise<Program> {
  const chosen = port ?? freePort();
  const program = launch(name, ["--port", String(chosen), ...argv], { at, env });
  const base = `http://localhost:${chosen}/api`;
  const started: Program = {
    ...program,
    port: chosen,
    base,
    get: (path, init) => fetch(`${base}/${path}`, init),
    post: (path, body) =>
      fetch(`${base}/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
      }),
  };
  await Promise.race([program.ended, until(() => started.get("health").then((response) => response.ok))]);
  return started;
}

/** Starts a program with exactly these words. */
export function launch(name: ProgramName, argv: readonly string[], { at, env }: Omit<StartOptions, "port">) {
  const child = Bun.spawn([...programs[name], ...argv], {
    cwd: at.home,
    env: { PATH: process.env["PATH"]!, HOME: at.home, XDG_RUNTIME_DIR: join(at.home, "run"), ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const ended = Promise.all([child.exited, new Response(child.stdout).text(), new Response(child.stderr).text()]).then(
    ([code, stdout, stderr]): Ended => ({ code, stdout, stderr }),
  );
  return {
    pid: child.pid,
    ended,
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      using _ = clock.after(5_000, () => child.kill("SIGKILL"));
      await ended;
    },
  };
}

/** Asks again and again until the answer is yes; programs of others announce nothing that could be awaited. */
export async function until(ask: () => boolean | undefined | Promise<boolean | undefined>, patienceMs = 15_000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await Promise.resolve(ask()).catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain for ${ask.toString()}`);
    await clock.sleep(20);
  }
}

/** Does something again, with a pause, until it is noticed: watching has no beginning that could be awaited. */
export async function insist(act: () => Promise<unknown>, isNoticed: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 5 && !isNoticed(); attempt++) {
    await act();
    await until(isNoticed, 2_000).catch(() => undefined);
  }
  await until(isNoticed);
}
