import { spawn as startProcess } from "node:child_process";
import { watch } from "node:fs";
import { appendFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { lookup } from "node:dns/promises";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import type { Channel, Child, Clock, Exit, Files, Host, Keychain, Random, Runtime, Spawn, SpawnOptions } from "./runtime.ts";
import { followsVariable } from "./follows.ts";

const clock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, ms);
      signal?.addEventListener("abort", stop, { once: true });
    }),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};

const random: Random = {
  id: () => Bun.randomUUIDv7(),
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  float: Math.random,
};

const isMissing = (cause: unknown) => (cause as NodeJS.ErrnoException).code === "ENOENT";

const files: Files = {
  read: (path) =>
    readFile(path, "utf8").catch((cause: unknown) => {
      if (isMissing(cause)) return undefined;
      throw cause;
    }),
  async replace(path, text, mode = 0o600) {
    const beside = `${path}.${process.pid}.${random.id()}.tmp`;
    try {
      const file = await open(beside, "wx", mode);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, path);
    } catch (cause) {
      await rm(beside, { force: true });
      throw cause;
    }
  },
  async create(path, text, mode = 0o600) {
    try {
      await writeFile(path, text, { flag: "wx", mode });
      return true;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw cause;
    }
  },
  async append(path, text) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await appendFile(path, text, { mode: 0o600 });
  },
  remove: (path) => rm(path, { force: true }),
  list: (directory) =>
    readdir(directory).catch((cause: unknown) => {
      if (isMissing(cause)) return [];
      throw cause;
    }),
  async makeDirectory(path, mode = 0o700) {
    await mkdir(path, { recursive: true, mode });
  },
  watchDirectory(path, changed) {
    const watcher = watch(path, (_, name) => changed(name ?? undefined));
    watcher.on("error", () => changed(undefined));
    return { [Symbol.dispose]: () => watcher.close() };
  },
};

/** A headless Linux has no keychain: `Bun.secrets` throws, and the caller uses a key file. */
const service = "hubctl";
const keychain: Keychain = {
  get: async (name) => (await Bun.secrets.get({ service, name }).catch(() => null)) ?? undefined,
  set: (name, value) =>
    Bun.secrets.set({ service, name, value }).then(
      () => true,
      () => false,
    ),
};

/** In a compiled binary `Bun.main` lies in the virtual `/$bunfs/`, and the executable alone starts this program again. */
const self = Bun.main.startsWith("/$bunfs/") || Bun.main.startsWith("B:\\~BUN\\") ? [process.execPath] : [process.execPath, Bun.main];

const host: Host = {
  pid: process.pid,
  cwd: process.cwd(),
  home: homedir(),
  platform: process.platform,
  self,
  rss: () => process.memoryUsage.rss(),
  isAlive: (pid) => signalProcess(pid, 0),
  kill: (pid, signal) => signalProcess(pid, signal),
};

function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EPERM") return true;
    if ((cause as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw cause;
  }
}

/** `detached` makes the child the leader of a new process group, so that the whole group can be signalled. */
const spawn: Spawn = ([command, ...args], { env, cwd, listensOnly }) => {
  if (listensOnly) return startListener([command!, ...args], { env, cwd });
  const child = startProcess(command!, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"], detached: true });
  const { promise: exited, resolve, reject } = Promise.withResolvers<Exit>();
  exited.catch(() => undefined);
  child.on("error", reject);
  child.on("exit", (code, signal) => resolve({ code, signal }));
  child.stdin.on("error", () => undefined);
  return {
    pid: child.pid ?? 0,
    stdin: { write: (text) => writeAll(child.stdin, text), end: () => child.stdin.end() },
    stdout: Readable.toWeb(child.stdout) as unknown as ReadableStream<Uint8Array>,
    stderr: Readable.toWeb(child.stderr) as unknown as ReadableStream<Uint8Array>,
    exited,
  } satisfies Child;
};

/** Node's streams write when the event loop turns, which a program that is about to be killed may not live to see; Bun's write at once. */
function startListener(cmd: string[], { env, cwd }: SpawnOptions): Child {
  const child = Bun.spawn(cmd, { env, cwd, stdin: "pipe", stdout: "ignore", stderr: "ignore", detached: true });
  const nothing = () => new Blob([]).stream();
  const write = async (text: string) => {
    void child.stdin.write(text);
    await child.stdin.flush();
  };
  return {
    pid: child.pid,
    stdin: { write, end: () => void child.stdin.end() },
    stdout: nothing(),
    stderr: nothing(),
    exited: child.exited.then((code) =>
      child.signalCode === null ? { code, signal: null } : { code: null, signal: String(child.signalCode) },
    ),
  };
}

function writeAll(stdin: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => stdin.write(text, (cause) => (cause ? reject(cause) : resolve())));
}

/** A session of its own keeps the keys of the terminal from reaching it twice: the process in front passes signals on. */
const startAgain: Runtime["startAgain"] = (env) => {
  const [command, ...words] = self;
  const child = startProcess(command!, [...words, ...process.argv.slice(2)], {
    argv0: process.argv0,
    cwd: host.cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    detached: true,
  });
  const { promise: exited, resolve, reject } = Promise.withResolvers<Exit>();
  exited.catch(() => undefined);
  child.on("error", reject);
  child.on("exit", (code, signal) => resolve({ code, signal }));
  return { pid: child.pid ?? 0, exited, ...channelTo(child) };
};

/** What both ends of a pair of processes have. */
interface ChannelEnd {
  send?(message: unknown, done: (cause: Error | null) => void): boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "disconnect", listener: () => void): unknown;
}

function channelTo(end: ChannelEnd): Channel {
  const early: unknown[] = [];
  let hear: (message: unknown) => void = (message) => early.push(message);
  end.on("message", (message) => hear(message));
  return {
    // A process that has gone is noticed by `closed`.
    send: (message) => new Promise((resolve) => (end.send ? end.send(message, () => resolve()) : resolve())),
    listen(listener) {
      hear = listener;
      for (const message of early.splice(0)) listener(message);
    },
    closed: new Promise((resolve) => void end.on("disconnect", resolve)),
  };
}

/** The real world. */
export const systemRuntime: Runtime = {
  clock,
  random,
  files,
  fetch: (url, init) => fetch(url, init),
  spawn,
  startAgain,
  starter: process.env[followsVariable] !== undefined && process.send ? channelTo(process) : undefined,
  resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  keychain,
  env: process.env,
  host,
};
