import { EventEmitter } from "node:events";
import { cut, fit, width } from "#tui/text/cell.ts";
import type { Clock } from "#hub/kernel/runtime.ts";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A rectangle of the screen that paints itself line by line. Higher ones cover lower ones. */
export interface Region {
  readonly rect: Rect;
  readonly z: number;
  readonly line: (index: number) => string;
  /** Where the terminal's own cursor belongs (an input method composes there), relative to the region. */
  readonly cursor?: { readonly x: number; readonly y: number };
}

const beginSynchronized = "\u001b[?2026h";
const endSynchronized = "\u001b[?2026l";
const hideCursor = "\u001b[?25l";
const leaveAlternate = "\u001b[?1049l";
const goTo = (x: number, y: number) => `\u001b[${y + 1};${x + 1}H`;
const reset = "\u001b[0m";
const hotInterval = 100;

/** The part of a TTY stream the painter uses. */
export interface TerminalOutput {
  readonly columns: number;
  readonly rows: number;
  write(text: string, done?: () => void): boolean;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

/**
 * The stream given to Ink, and the painter of everything the user sees. Ink keeps the terminal (alternate screen, raw mode,
 * suspension) and the component tree; its own frame stays blank, because serialising one costs 10–25 ms. Regions are painted
 * over it in absolute coordinates: only lines that changed, in one write inside a synchronized update.
 */
export class Painter extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly #output: TerminalOutput;
  readonly #clock: Clock;
  readonly #regions = new Map<symbol, Region>();
  #painted = new Map<string, string>();
  #frame: string | undefined;
  /** Between a resize and Ink's next frame the screen belongs to nobody: painting there leaves ghosts. */
  #isReady = false;
  #isPaused = false;
  #needsAll = true;
  #isRequested = false;
  #hot: Disposable | undefined;

  constructor(output: TerminalOutput, clock: Clock) {
    super();
    this.setMaxListeners(0);
    this.#output = output;
    this.#clock = clock;
    output.on("resize", this.#resized);
  }

  get columns(): number {
    return this.#output.columns;
  }

  get rows(): number {
    return this.#output.rows;
  }

  set(id: symbol, region: Region): void {
    const before = this.#regions.get(id);
    if (!before || !sameRect(before.rect, region.rect) || before.z !== region.z) this.#needsAll = true;
    this.#regions.set(id, region);
    this.request();
  }

  delete(id: symbol): void {
    if (this.#regions.delete(id)) this.#needsAll = true;
    this.request();
  }

  /** Paints what changed once the running task is done: for keys. */
  request(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    queueMicrotask(() => {
      this.#isRequested = false;
      this.paint();
    });
  }

  /** Paints what changed within a tenth of a second: for data that keeps coming. */
  requestSoon(): void {
    this.#hot ??= this.#clock.after(hotInterval, () => {
      this.#hot = undefined;
      this.paint();
    });
  }

  /** Forgets what is on the screen, so that the next paint writes everything. */
  invalidate(): void {
    this.#needsAll = true;
    this.request();
  }

  /** True while another program has the terminal. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.invalidate();
  }

  dispose(): void {
    this.#isPaused = true;
    this.#hot?.[Symbol.dispose]();
    this.#output.off("resize", this.#resized);
  }

  paint(): void {
    if (!this.#isReady || this.#isPaused || this.#frame !== undefined) return;
    const text = this.#compose();
    if (text) this.#output.write(beginSynchronized + text + endSynchronized);
  }

  /** Ink's side: its frames arrive as begin, text, end, and are merged with the regions into one write. */
  write(chunk: string | Uint8Array, encoding?: unknown, callback?: () => void): boolean {
    const done = typeof encoding === "function" ? (encoding as () => void) : callback;
    const text = String(chunk);
    if (text === beginSynchronized) this.#frame = "";
    else if (text === endSynchronized && this.#frame !== undefined) this.#finishFrame();
    else if (this.#frame !== undefined) this.#frame += text;
    else {
      // From here on the screen is the shell's: regions that unmount now must not touch it.
      if (text.includes(leaveAlternate)) this.#isReady = false;
      return this.#output.write(text, done);
    }
    done?.();
    return true;
  }

  /** Ink moves relative to the bottom row, where it left the cursor; the regions have moved it since. */
  #finishFrame(): void {
    const frame = goTo(0, this.rows - 1) + this.#frame;
    this.#frame = undefined;
    this.#isReady = true;
    this.#needsAll = true;
    this.#output.write(beginSynchronized + frame + (this.#isPaused ? "" : this.#compose()) + endSynchronized);
  }

  readonly #resized = (): void => {
    this.#isReady = false;
    this.#output.write(hideCursor + goTo(0, this.rows - 1));
    this.emit("resize");
    if (this.#isReady) return;
    // Ink writes no frame when only an unchanged size was announced again.
    this.#isReady = true;
    this.invalidate();
  };

  #compose(): string {
    const layers = [...this.#regions.values()].toSorted((a, b) => a.z - b.z);
    const all = this.#needsAll;
    this.#needsAll = false;
    const next = new Map<string, string>();
    let text = "";
    for (let y = 0; y < this.rows; y++) {
      if (all) text += `${goTo(0, y)}${reset}\u001b[K`;
      text += this.#composeRow(y, { layers, all, next });
    }
    this.#painted = next;
    if (!text && !layers.some(({ cursor }) => cursor)) return "";
    return (text ? hideCursor + text : "") + this.#cursor(layers);
  }

  #composeRow(y: number, { layers, all, next }: Composition): string {
    let text = "";
    const repainted: Rect[] = [];
    for (const [order, { rect, line }] of layers.entries()) {
      const columns = Math.min(rect.width, this.columns - rect.x - (y === this.rows - 1 ? 1 : 0));
      if (y < rect.y || y >= rect.y + rect.height || columns <= 0) continue;
      const key = `${order}:${y}`;
      const content = exactly(line(y - rect.y), columns);
      next.set(key, content);
      if (!all && this.#painted.get(key) === content && !repainted.some((below) => overlaps(below, rect))) continue;
      repainted.push(rect);
      text += goTo(rect.x, y) + content + reset;
    }
    return text;
  }

  #cursor(layers: readonly Region[]): string {
    const owner = layers.findLast(({ cursor }) => cursor);
    if (!owner?.cursor) return "";
    return `${goTo(owner.rect.x + owner.cursor.x, owner.rect.y + owner.cursor.y)}\u001b[?25h`;
  }
}

interface Composition {
  readonly layers: readonly Region[];
  /** Whatever was there before is gone. */
  readonly all: boolean;
  readonly next: Map<string, string>;
}

// oxlint-disable-next-line no-control-regex -- anything that is not text or SGR
const unpaintable = /[\u0000-\u001a\u001c-\u001f\u007f-\u009f]|\u001b(?!\[[\d;]*m)/g;

/** A line as wide as its region, and nothing in it but text and SGR: the last gate, where a widget forgot the first. */
function exactly(text: string, columns: number): string {
  const line = unpaintable.test(text) ? text.replace(unpaintable, "") : text;
  unpaintable.lastIndex = 0;
  const own = width(line);
  if (own === columns) return line;
  return own < columns ? fit(line, columns) : cut(line, columns);
}

const sameRect = (a: Rect, b: Rect) => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
const overlaps = (a: Rect, b: Rect) => a.x < b.x + b.width && b.x < a.x + a.width;
