import type { Painter } from "./painter.ts";
import type { StdinFilter } from "./stdin-filter.ts";
import type { Terminal } from "./terminal.ts";

/** Everything the interface or Ink may have switched on, off again; also what `hubctl doctor --reset-terminal` prints. */
export const restoreSequence =
  "\u001b[?2026l\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?1004l\u001b[?2004l\u001b[<u\u001b[?1049l\u001b[?25h\u001b[0m";

const signalExits = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 } as const;
const crashExit = 70;

export interface TerminalSessionOptions {
  readonly terminal: Terminal;
  readonly painter: Painter;
  readonly input: StdinFilter;
  /** Named in the last line after a crash. */
  readonly logPath: string | undefined;
  readonly crashed: (cause: unknown) => void;
}

/**
 * Owns the terminal from the first byte to the last. Ink restores it only on its own exit and a clean `process.exit`, and paints
 * its last frame over whatever was printed before it was unmounted; so every way out goes through `leave`.
 */
export class TerminalSession {
  readonly #options: TerminalSessionOptions;
  readonly #ended = Promise.withResolvers<number>();
  readonly #hooks: readonly [string, (...details: unknown[]) => void][];
  #unmount: () => void = () => undefined;
  #hasLeft = false;

  constructor(options: TerminalSessionOptions) {
    this.#options = options;
    const crash = (cause: unknown) => this.end(crashExit, cause);
    this.#hooks = [
      ["exit", () => this.#leave()],
      ...Object.entries(signalExits).map(([signal, code]) => [signal, () => this.end(code)] as [string, () => void]),
      ["uncaughtException", crash],
      ["unhandledRejection", crash],
      ["SIGCONT", () => this.#reenter()],
    ];
    for (const [event, hook] of this.#hooks) options.terminal.process.on(event, hook);
  }

  /** The exit code, once the terminal has been given back. */
  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  /** Gives the session what it has to unmount before it resets the terminal. */
  mounted(unmount: () => void): void {
    this.#unmount = unmount;
  }

  end(code: number, cause?: unknown): void {
    if (this.#hasLeft) return;
    this.#leave();
    if (cause !== undefined) this.#explain(cause);
    this.#ended.resolve(code);
  }

  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    const { terminal, painter, input } = this.#options;
    for (const [event, hook] of this.#hooks) terminal.process.off(event, hook);
    // A terminal that was closed answers every one of these with EIO; whoever waits for the end must still get it.
    const steps = [
      () => painter.dispose(),
      () => this.#unmount(),
      () => input.dispose(),
      () => input.setRawMode(false),
      () => terminal.stdout.write(restoreSequence),
    ];
    for (const step of steps) this.#attempt(step);
  }

  #attempt(step: () => unknown): void {
    try {
      step();
    } catch (cause) {
      this.#options.crashed(cause);
    }
  }

  #explain(cause: unknown): void {
    const { terminal, logPath, crashed } = this.#options;
    crashed(cause);
    const message = cause instanceof Error ? cause.message : String(cause);
    const line = `hubctl tui stopped: ${message.split("\n")[0]}${logPath ? ` (log: ${logPath})` : ""}\n`;
    this.#attempt(() => terminal.stderr.write(line));
  }

  /** After `kill -STOP` and `-CONT` the shell has had the terminal: the modes are lost and the screen is somebody else's. */
  #reenter(): void {
    const { terminal, painter, input } = this.#options;
    if (this.#hasLeft || painter.isPaused) return;
    input.setRawMode(true);
    terminal.stdout.write("\u001b[?1049h\u001b[?2004h\u001b[?25l");
    painter.invalidate();
  }
}
