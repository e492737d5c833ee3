import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { until } from "./until.ts";

const root = join(import.meta.dir, "../..");

/** The Node that the project brings along: the Inspector wants a newer one than many machines have. */
const [node = ""] = new Bun.Glob("node_modules/node-*/bin/node").scanSync({ cwd: root, absolute: true });
export const inspector: readonly string[] = [
  node,
  join(root, "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"),
];

export const binary = join(root, "dist/hubctl");
if (!existsSync(binary)) throw new Error(`There is no ${binary}, which these tests drive; build it with \`npm run build\``);
if (!existsSync(node)) throw new Error("There is no Node in node_modules, which these tests run clients and servers on; run `bun install`");

/** `hubctl`, Node, and the public MCP servers, as if they were installed; then what every machine has. */
const path = [dirname(binary), dirname(node), join(root, "node_modules/.bin"), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter);

export interface RunOptions {
  /** Where it runs: a path below the directory, or any absolute one. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads; null for an input that says nothing and does not end. */
  readonly stdin?: string | null;
}

export interface TerminalOptions extends Omit<RunOptions, "stdin"> {
  readonly columns: number;
}

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A program under way, with what it has said so far. */
export interface Running extends AsyncDisposable {
  readonly pid: number;
  readonly exited: Promise<number | null>;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: () => boolean;
  signal(signal: NodeJS.Signals): void;
}

export interface RunningHub extends Running {
  readonly url: string;
  readonly mcp: string;
  readonly socket: string;
  /** Asks it to stop, and waits; the exit code. */
  stop(): Promise<number | null>;
}

/** A server, as the hub shows it. */
export interface Server {
  readonly name: string;
  readonly state: string;
  readonly pid?: number;
}

/**
 * Somebody who has just installed hubctl: an empty home, an empty directory, and nothing else in the environment. What
 * they started ends with them.
 */
export class Stranger implements AsyncDisposable {
  readonly directory: string;
  readonly #stack = new AsyncDisposableStack();

  private constructor(readonly home: string) {
    this.directory = join(home, "project");
  }

  /** In `/tmp`, for the names of unix sockets may be no longer than about 100 bytes. */
  static async arrive(): Promise<Stranger> {
    const stranger = new Stranger(await realpath(await mkdtemp("/tmp/hubctl-e2e-")));
    await mkdir(stranger.directory);
    return stranger;
  }

  /** Writes a file in the directory; anything but text is written as JSON. */
  async write(name: string, content: unknown): Promise<string> {
    const file = join(this.directory, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
    return file;
  }

  env(more: RunOptions["env"] = {}): Record<string, string> {
    return { PATH: path, HOME: this.home, TERM: "xterm-256color", ...more };
  }

  /** Runs a program to its end. */
  async run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    await using program = this.start(argv, options);
    const code = await program.exited;
    return { code, out: program.out(), err: program.err() };
  }

  /** Runs `hubctl` to its end. */
  hubctl(argv: readonly string[], options?: RunOptions): Promise<Outcome> {
    return this.run(["hubctl", ...argv], options);
  }

  /** Runs a program in a terminal of its own; both its outputs are one. */
  async runInTerminal(argv: readonly string[], { cwd = ".", env, columns }: TerminalOptions): Promise<Outcome> {
    const decoder = new TextDecoder();
    let out = "";
    await using terminal = new Bun.Terminal({
      cols: columns,
      rows: 24,
      data: (_, bytes) => (out += decoder.decode(bytes, { stream: true })),
    });
    // The exit code comes behind the output, for the end of a terminal says nothing of what is still under way in it.
    const child = Bun.spawn(["sh", "-c", `"$@"; printf '\\036%d\\036' $?`, "sh", ...argv], {
      cwd: resolve(this.directory, cwd),
      env: this.env(env),
      terminal,
    });
    this.#stack.defer(() => child.kill("SIGKILL"));
    const [end, code] = await until(`${argv.join(" ")} ends`, () => /\x1e(\d+)\x1e/.exec(out));
    return { code: Number(code), out: out.replace(end, "").replaceAll("\r\n", "\n"), err: "" };
  }

  /** Starts a program; it is killed when the stranger leaves. */
  start(argv: readonly string[], { cwd = ".", env, stdin }: RunOptions = {}): Running {
    const said = { out: "", err: "" };
    const child = Bun.spawn([...argv], {
      cwd: resolve(this.directory, cwd),
      env: this.env(env),
      stdin: stdin === undefined ? "ignore" : stdin === null ? "pipe" : Buffer.from(stdin),
      stdout: "pipe",
      stderr: "pipe",
    });
    const heard = Promise.all([collect(child.stdout, (text) => (said.out += text)), collect(child.stderr, (text) => (said.err += text))]);
    const exited = Promise.all([child.exited, heard]).then(() => child.exitCode);
    return this.#stack.use({
      pid: child.pid,
      exited,
      out: () => said.out,
      err: () => said.err,
      ended: () => child.exitCode !== null || child.signalCode !== null,
      signal: (signal) => child.kill(signal),
      async [Symbol.asyncDispose]() {
        child.kill("SIGKILL");
        await exited;
      },
    });
  }

  /** Starts `hubctl serve` on a free port, and waits until it says that it is ready. */
  serve(argv: readonly string[] = [], options: RunOptions = {}): Promise<RunningHub> {
    return this.ready(this.start(["hubctl", "serve", "--port", "0", ...argv], options));
  }

  /** Waits until a hub says that it is ready, and where it is. */
  async ready(hub: Running): Promise<RunningHub> {
    const line = await until("the hub says that it is ready", () => {
      if (hub.ended()) throw new Error(`The hub ended before it was ready:\n${hub.err()}`);
      return /^\{"ready":true.*\}$/m.exec(hub.out())?.[0];
    });
    const { url, mcp, socket } = JSON.parse(line) as { readonly url: string; readonly mcp: string; readonly socket: string };
    const stop = () => {
      hub.signal("SIGTERM");
      return hub.exited;
    };
    return { ...hub, url, mcp, socket, stop };
  }

  /** Waits until no server of a hub is about to start for the first time. */
  async serversSettled(hub: RunningHub): Promise<void> {
    await until("the servers have started", async () => {
      const { items } = (await (await fetch(`${hub.url}/api/v2/servers`)).json()) as { readonly items: readonly Server[] };
      return items.every(({ state }) => state !== "starting" && state !== "stopped");
    });
  }

  /** What `hubctl` prints with `--json`. */
  async json<T>(argv: readonly string[], options?: RunOptions): Promise<T> {
    const { code, out, err } = await this.hubctl(argv, options);
    if (code !== 0) throw new Error(`hubctl ${argv.join(" ")} exited with ${code}: ${err}`);
    return JSON.parse(out) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    await rm(this.home, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function collect(stream: ReadableStream<Uint8Array>, add: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) add(decoder.decode(chunk, { stream: true }));
}
