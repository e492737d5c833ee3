/** The outside world, as the hub sees it. `system-runtime.ts` holds the real one; tests pass fakes. */
export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  /** The bare transport; only the egress gate calls it. */
  readonly fetch: Fetch;
  /** Starts a process; only the spawn gate calls it. */
  readonly spawn: Spawn;
  /** Starts this program once more, with its own arguments, environment, directory and outputs; only the successor gate calls it. */
  readonly startAgain: (env: Readonly<Record<string, string>>) => Twin;
  /** The process that started this one to follow it; undefined when it was anybody else. */
  readonly starter: Channel | undefined;
  /** Addresses of a host name; only the egress gate calls it. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly keychain: Keychain;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly host: Host;
}

export type Fetch = (url: string | URL, init?: FetchInit) => Promise<Response>;
export type FetchInit = RequestInit & { readonly unix?: string; readonly tls?: { readonly serverName?: string } };

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Monotonic milliseconds, for durations. */
  monotonic(): number;
  /** Rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  after(ms: number, run: () => void): Disposable;
  every(ms: number, run: () => void): Disposable;
}

export interface Random {
  /** A UUIDv7: sorts by time in both databases. */
  id(): string;
  bytes(length: number): Uint8Array;
  /** In [0, 1). */
  float(): number;
}

export interface Files {
  /** Undefined when the file does not exist. */
  read(path: string): Promise<string | undefined>;
  /** Writes beside and renames over, so a reader never sees half a file. */
  replace(path: string, text: string, mode?: number): Promise<void>;
  /** False when something is there already: of several programs that try, one succeeds. */
  create(path: string, text: string, mode?: number): Promise<boolean>;
  append(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  list(directory: string): Promise<readonly string[]>;
  makeDirectory(path: string, mode?: number): Promise<void>;
  /** Calls back after anything in the directory changed; the caller looks what it was. */
  watchDirectory(path: string, changed: (name: string | undefined) => void): Disposable;
}

export interface Keychain {
  /** Undefined when it holds no such entry or this machine has no keychain. */
  get(name: string): Promise<string | undefined>;
  /** False when this machine has no keychain. */
  set(name: string, value: string): Promise<boolean>;
}

export interface Host {
  readonly pid: number;
  readonly cwd: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** argv that starts this program again, without arguments. */
  readonly self: readonly string[];
  /** Resident set size, bytes. */
  rss(): number;
  isAlive(pid: number): boolean;
  /** Signals a process, or with a negative pid its group; false when it is gone. */
  kill(pid: number, signal: NodeJS.Signals): boolean;
}

export interface SpawnOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** It only listens: what it is told is in its pipe when `write` returns, and its output goes nowhere. */
  readonly listensOnly?: boolean;
}

export type Spawn = (argv: readonly string[], options: SpawnOptions) => Child;

/** A started process, the leader of its own process group. */
export interface Child {
  readonly pid: number;
  readonly stdin: { write(text: string): void | Promise<void>; end(): void };
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exited: Promise<Exit>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Messages to another process of this program, and from it. */
export interface Channel {
  /** Resolves when it is on its way, so that the process may end. */
  send(message: unknown): Promise<void>;
  /** There is one listener; what comes before it waits. */
  listen(listener: (message: unknown) => void): void;
  /** The other process is gone, and all that it said was heard. */
  readonly closed: Promise<void>;
}

/** This program, running once more. */
export interface Twin extends Channel {
  readonly pid: number;
  readonly exited: Promise<Exit>;
}
