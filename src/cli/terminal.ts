import { writeSync } from "node:fs";
import { isatty } from "node:tty";

/** Everything the command line shares with the person or script at the other end. */
export interface Terminal {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back for each SIGINT, SIGTERM and SIGHUP until disposed; while someone listens they do not end the process. */
  onInterrupt(listener: (signal: NodeJS.Signals) => void): Disposable;
  /** Calls back for what nobody caught, in place of ending the process. */
  onBug(listener: (cause: unknown) => void): Disposable;
  /** Ends the process at once, skipping every cleanup. */
  exit(code: number): never;
  /** The streams themselves, for what owns the terminal while it runs: the dashboard, the stdio door. */
  streams(): TerminalStreams;
}

export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly process: NodeJS.Process;
  /** Runs a program that has the terminal to itself, an editor; resolves with its exit code. */
  runForeground(argv: readonly string[]): Promise<number>;
  /** Gives a text to a program, a clipboard; false when it cannot be run or fails. */
  pipeTo(argv: readonly string[], text: string): Promise<boolean>;
}

export interface Input {
  readonly isTTY: boolean;
  /** Reads to the end. */
  text(): Promise<string>;
}

export interface Output {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly colour: boolean;
  /** Throws `BrokenPipe` when the reader has gone. */
  write(text: string): void;
}

/** The reader of stdout has gone, as in `hubctl … | head -1`: nothing is wrong, and nobody is left to tell. */
export class BrokenPipe extends Error {
  override readonly name = "BrokenPipe";
}

const interrupts = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const bugs = ["unhandledRejection", "uncaughtException"] as const;
const defaultColumns = 80;
/** A shared non-blocking pipe says EAGAIN when it is full; the reader needs about this long. */
const fullPipePauseMs = 2;

/** The real terminal of this process. */
export function systemTerminal(): Terminal {
  const env = process.env;
  return {
    stdin: { isTTY: isatty(0), text: () => Bun.stdin.text() },
    stdout: systemOutput(1, env),
    stderr: systemOutput(2, env),
    env,
    onInterrupt(listener) {
      for (const signal of interrupts) process.on(signal, listener);
      return {
        [Symbol.dispose]: () => {
          for (const signal of interrupts) process.off(signal, listener);
        },
      };
    },
    onBug(listener) {
      for (const bug of bugs) process.on(bug, listener);
      return {
        [Symbol.dispose]: () => {
          for (const bug of bugs) process.off(bug, listener);
        },
      };
    },
    exit: (code) => process.exit(code),
    streams: () => ({ stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, process, runForeground, pipeTo }),
  };
}

const runForeground: TerminalStreams["runForeground"] = (argv) =>
  Bun.spawn([...argv], { stdin: "inherit", stdout: "inherit", stderr: "inherit" }).exited;

const pipeTo: TerminalStreams["pipeTo"] = async (argv, text) => {
  try {
    return (await Bun.spawn([...argv], { stdin: Buffer.from(text), stdout: "ignore", stderr: "ignore" }).exited) === 0;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw cause;
  }
};

function systemOutput(fd: 1 | 2, env: Terminal["env"]): Output {
  const tty = isatty(fd);
  return {
    isTTY: tty,
    colour: wantsColour(env, tty),
    get columns() {
      const stream = fd === 1 ? process.stdout : process.stderr;
      return (tty && stream.columns) || Number(env["COLUMNS"]) || defaultColumns;
    },
    write: (text) => writeAll(fd, text),
  };
}

/** Writes synchronously, so that order holds between both outputs and nothing is lost at exit. */
function writeAll(fd: number, text: string): void {
  let left = Buffer.from(text);
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(fd, left));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "EPIPE") throw new BrokenPipe("The reader of the output has gone", { cause });
      if (code !== "EAGAIN") throw cause;
      Bun.sleepSync(fullPipePauseMs);
    }
  }
}

/** https://no-color.org and https://force-color.org: any non-empty value counts, but `FORCE_COLOR=0` says no. */
export function wantsColour(env: Terminal["env"], isTTY: boolean): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"]) return env["FORCE_COLOR"] !== "0" && env["FORCE_COLOR"] !== "false";
  return isTTY && env["TERM"] !== "dumb";
}

export interface TestTerminal extends Terminal {
  /** What was written so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Sends a signal to whoever listens. */
  interrupt(signal?: NodeJS.Signals): void;
}

export interface TestTerminalOptions {
  readonly stdin?: string;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly colour?: boolean;
  readonly env?: Record<string, string>;
  readonly write?: (stream: "stdout" | "stderr", text: string) => void;
}

/** A terminal that keeps what it is told. */
export function testTerminal(options: TestTerminalOptions = {}): TestTerminal {
  const { isTTY = false, columns = defaultColumns, colour = false, env = {}, write } = options;
  const written = { stdout: "", stderr: "" };
  const listeners = new Set<(signal: NodeJS.Signals) => void>();
  const output = (stream: "stdout" | "stderr"): Output => ({
    isTTY,
    columns,
    colour,
    write(text) {
      write?.(stream, text);
      written[stream] += text;
    },
  });
  return {
    stdin: { isTTY: options.stdin === undefined && isTTY, text: async () => options.stdin ?? "" },
    stdout: output("stdout"),
    stderr: output("stderr"),
    env,
    onInterrupt(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    onBug: () => ({ [Symbol.dispose]: () => undefined }),
    exit(code) {
      throw new Error(`exit ${code}`);
    },
    streams() {
      throw new Error("a test terminal has no streams");
    },
    out: () => written.stdout,
    err: () => written.stderr,
    interrupt: (signal = "SIGINT") => {
      for (const listener of listeners) listener(signal);
    },
  };
}
