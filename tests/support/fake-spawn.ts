import { guardianArgv } from "#hub/gates/guardian.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import type { Child, Exit, Host, Spawn, SpawnOptions } from "#hub/kernel/runtime.ts";

/** What it takes to end a process: closing its stdin, a SIGTERM, or nothing less than SIGKILL. */
export type EndsOn = "close" | "SIGTERM" | "SIGKILL";

export interface FakeBehaviour {
  /** "close" unless given. */
  readonly endsOn?: EndsOn;
  /** It starts another process in its group, which stays until it gets this signal. */
  readonly leaves?: "SIGTERM" | "SIGKILL";
  /** It cannot be started: what `spawn` reports. */
  readonly fails?: Error;
}

/** A process of the fake, seen from its inside. */
export interface FakeProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly options: SpawnOptions;
  /** Everything written to its stdin. */
  readonly received: string;
  /** Signals that reached it or its group, in order. */
  readonly signals: readonly string[];
  readonly isAlive: boolean;
  /** Whether anybody of its group is left. */
  readonly isGroupAlive: boolean;
  say(text: string): void;
  complain(text: string): void;
  exit(code?: number): void;
}

export interface FakeSpawn {
  readonly spawn: Spawn;
  /** The host of these processes: its `kill` and `isAlive` know them only. */
  readonly host: Host;
  /** Every command is there, under its own name. */
  readonly which: (command: string) => string | null;
  /** All processes started, the guardian's aside. */
  readonly started: readonly FakeProcess[];
  readonly guardians: readonly FakeProcess[];
}

/** Processes that exist in the test only; `behave` says how each takes to being ended. The guardian always does as it should. */
export function fakeSpawn(behave: (argv: readonly string[]) => FakeBehaviour = () => ({})): FakeSpawn {
  const all = new Map<number, FakeProcess & { readonly signal: (name: string, wholeGroup: boolean) => boolean }>();
  const started: FakeProcess[] = [];
  const guardians: FakeProcess[] = [];
  let lastPid = 1000;

  const spawn: Spawn = (argv, options) => {
    const isGuardian = argv[2] === guardianArgv[2];
    const behaviour = isGuardian ? {} : behave(argv);
    if (behaviour.fails) return failedChild(behaviour.fails);
    const { child, process } = createProcess({ pid: ++lastPid, argv, options, behaviour });
    all.set(process.pid, process);
    (isGuardian ? guardians : started).push(process);
    return child;
  };

  const host: Host = {
    ...systemRuntime.host,
    cwd: "/work",
    home: "/home/ana",
    platform: "linux",
    isAlive: (pid) => (pid < 0 ? all.get(-pid)?.isGroupAlive : all.get(pid)?.isAlive) ?? false,
    kill: (pid, signal) => all.get(Math.abs(pid))?.signal(signal, pid < 0) ?? false,
  };
  return { spawn, host, which: (command) => command, started, guardians };
}

const failedChild = (cause: Error): Child => {
  const exited = Promise.reject<Exit>(cause);
  exited.catch(() => undefined);
  return { pid: 0, stdin: { write: () => undefined, end: () => undefined }, stdout: emptyStream(), stderr: emptyStream(), exited };
};

const emptyStream = () => new Blob([]).stream();

interface Birth {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly options: SpawnOptions;
  readonly behaviour: FakeBehaviour;
}

function createProcess({ pid, argv, options, behaviour: { endsOn = "close", leaves } }: Birth) {
  const exit = Promise.withResolvers<Exit>();
  const [stdout, stderr] = [output(), output()];
  const signals: string[] = [];
  let received = "";
  let isAlive = true;
  let isLeftAlive = leaves !== undefined;

  const end = (how: Exit) => {
    if (!isAlive) return;
    isAlive = false;
    exit.resolve(how);
    stdout.close();
    stderr.close();
  };
  const process = {
    pid,
    argv,
    options,
    signals,
    get received() {
      return received;
    },
    get isAlive() {
      return isAlive;
    },
    get isGroupAlive() {
      return isAlive || isLeftAlive;
    },
    say: stdout.put,
    complain: stderr.put,
    exit: (code = 0) => end({ code, signal: null }),
    signal(name: string, wholeGroup: boolean) {
      if (!(wholeGroup ? isAlive || isLeftAlive : isAlive)) return false;
      signals.push(name);
      if (wholeGroup && (name === "SIGKILL" || name === leaves)) isLeftAlive = false;
      if (name === "SIGKILL" || (name === "SIGTERM" && endsOn !== "SIGKILL")) end({ code: null, signal: name });
      return true;
    },
  };
  const child: Child = {
    pid,
    stdin: {
      write: async (text) => {
        if (!isAlive) throw Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
        received += text;
      },
      end: () => {
        if (endsOn === "close") end({ code: 0, signal: null });
      },
    },
    stdout: stdout.stream,
    stderr: stderr.stream,
    exited: exit.promise,
  };
  return { child, process };
}

function output() {
  const through = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: Infinity });
  const writer = through.writable.getWriter();
  return {
    stream: through.readable,
    put: (text: string) => void writer.write(new TextEncoder().encode(text)),
    close: () => void writer.close().catch(() => undefined),
  };
}
