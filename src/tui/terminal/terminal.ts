import type { TerminalOutput } from "./painter.ts";

/** The process, as far as leaving the terminal in order needs it: `process` itself fits. */
export interface TerminalProcess {
  readonly env: Record<string, string | undefined>;
  on(event: string, listener: (...details: unknown[]) => void): unknown;
  off(event: string, listener: (...details: unknown[]) => void): unknown;
  kill(pid: number, signal: NodeJS.Signals): boolean;
}

/** The terminal the interface runs in, given by who starts it. */
export interface Terminal {
  readonly stdin: { setRawMode(isRaw: boolean): unknown };
  readonly stdout: TerminalOutput;
  /** Where a last line goes after the screen was given back. */
  readonly stderr: { write(text: string): unknown };
  readonly process: TerminalProcess;
  /** Runs a program in the foreground, with the terminal as its own; resolves with its exit code. */
  readonly runForeground?: (argv: readonly string[]) => Promise<number>;
  /** Hands text to a program's standard input; false when it cannot be run or fails. */
  readonly pipeTo?: (argv: readonly string[], text: string) => Promise<boolean>;
}
