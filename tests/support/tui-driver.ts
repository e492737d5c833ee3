import { Terminal as Screen } from "@xterm/headless";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TuiDriverOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Settings of the fixture (`FIXTURE_…`) and of the terminal. */
  readonly env?: Readonly<Record<string, string>>;
  /** What runs; the fixture hub without one. */
  readonly argv?: readonly string[];
}

// A machine that is busy with other tests may take long over everything.
const deadline = 20_000;
const fixture = join(import.meta.dir, "tui-fixture-main.ts");

const named: Readonly<Record<string, string>> = {
  enter: "\r",
  esc: "\u001b",
  tab: "\t",
  space: " ",
  backspace: "\u007f",
  up: "\u001b[A",
  down: "\u001b[B",
  right: "\u001b[C",
  left: "\u001b[D",
  pageup: "\u001b[5~",
  pagedown: "\u001b[6~",
  "alt+up": "\u001b[1;3A",
  "alt+down": "\u001b[1;3B",
};

/** A person at a terminal: presses keys, and looks at the screen until it shows what they wait for. Never sleeps a fixed time. */
export class TuiDriver implements AsyncDisposable {
  readonly exited: Promise<number>;
  /** Everything the program wrote. */
  output = "";
  readonly #screen: Screen;
  readonly #terminal: Bun.Terminal;
  readonly #process: Bun.Subprocess;
  readonly #home = mkdtempSync(join(tmpdir(), "hubctl-tui-"));
  #changed = Promise.withResolvers<void>();

  constructor({ columns = 120, rows = 40, env = {}, argv = [process.execPath, fixture] }: TuiDriverOptions = {}) {
    this.#screen = new Screen({ cols: columns, rows, allowProposedApi: true });
    this.#screen.onData((reply) => this.#terminal.write(reply));
    const decoder = new TextDecoder();
    this.#terminal = new Bun.Terminal({
      cols: columns,
      rows,
      data: (_, bytes) => {
        const text = decoder.decode(bytes, { stream: true });
        this.output += text;
        this.#screen.write(text, () => this.#announce());
      },
    });
    const { CI: _, ...inherited } = process.env;
    this.#process = Bun.spawn([...argv], {
      terminal: this.#terminal,
      env: { ...inherited, TERM: "xterm-256color", LANG: "C.UTF-8", XDG_STATE_HOME: this.#home, XDG_CONFIG_HOME: this.#home, ...env },
    });
    this.exited = this.#process.exited;
    void this.exited.then(() => this.#announce());
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** What is on the screen, line by line, without trailing blanks. */
  lines(): string[] {
    const buffer = this.#screen.buffer.active;
    return Array.from({ length: this.#screen.rows }, (_, y) => buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? "");
  }

  get text(): string {
    return this.lines().join("\n");
  }

  /** The line the selection is on. */
  get selectedLine(): string {
    return this.lines().find((line) => /[▸>] ?\S/.test(line) && this.isInverse(this.lines().indexOf(line))) ?? "";
  }

  /** Some cell of a line is painted in inverse video. */
  isInverse(y: number): boolean {
    const line = this.#screen.buffer.active.getLine(y);
    return Array.from({ length: this.#screen.cols }, (_, x) => line?.getCell(x)?.isInverse() ?? 0).some(Boolean);
  }

  get isAlternateScreen(): boolean {
    return this.#screen.buffer.active.type === "alternate";
  }

  get cursor(): { readonly x: number; readonly y: number } {
    return { x: this.#screen.buffer.active.cursorX, y: this.#screen.buffer.active.cursorY };
  }

  /** Waits until the screen holds a text, matches a pattern, or fits what the caller looks for. */
  async until(wanted: string | RegExp | ((driver: TuiDriver) => boolean)): Promise<this> {
    const isThere = () =>
      typeof wanted === "function" ? wanted(this) : typeof wanted === "string" ? this.text.includes(wanted) : wanted.test(this.text);
    const end = performance.now() + deadline;
    while (!isThere()) {
      const left = end - performance.now();
      if (left <= 0) throw new Error(`The screen never showed ${String(wanted)}:\n${this.text}`);
      const timer = Promise.withResolvers<void>();
      const handle = setTimeout(timer.resolve, Math.min(left, 50));
      await Promise.race([this.#changed.promise, timer.promise]);
      clearTimeout(handle);
    }
    return this;
  }

  /** Presses keys one after the other; a name of `named`, `ctrl+x`, or the character itself. */
  press(...keys: readonly string[]): this {
    for (const key of keys) this.raw(named[key] ?? (key.startsWith("ctrl+") ? String.fromCharCode(key.charCodeAt(5) & 31) : key));
    return this;
  }

  /** Sends bytes as they are, in one piece. */
  raw(text: string): this {
    this.#terminal.write(text);
    return this;
  }

  paste(text: string): this {
    return this.raw(`\u001b[200~${text}\u001b[201~`);
  }

  /** `Bun.Terminal` sets the size without telling the program, which is not in a session of its own. */
  resize(columns: number, rows: number): this {
    this.#screen.resize(columns, rows);
    this.#terminal.resize(columns, rows);
    return this.signal("SIGWINCH");
  }

  /** Closes the window. */
  hangUp(): this {
    this.#terminal.close();
    return this.signal("SIGHUP");
  }

  signal(signal: NodeJS.Signals): this {
    process.kill(this.pid, signal);
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.exited;
    this.#terminal.close();
    this.#screen.dispose();
    rmSync(this.#home, { recursive: true, force: true });
  }

  #announce(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
