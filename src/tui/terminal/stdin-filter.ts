import { EventEmitter } from "node:events";
import type { Clock } from "#hub/kernel/runtime.ts";
import { splitInput, type InputToken } from "./input-tokens.ts";
import type { Keyboard, Listening } from "./keyboard.ts";

const sequenceWait = 100;
const escapeWait = 25;

export interface StdinFilterOptions {
  readonly keyboard: Keyboard;
  readonly clock: Clock;
  /** Over a network a lone ESC may be the first byte of an arrow key that is still on its way. */
  readonly isRemote: boolean;
}

/**
 * The input stream given to Ink: one key per read, each in its own microtask, so that React has committed one key before the
 * next one looks at the screen. Mouse, focus and query replies leave as `report` events and are never typed.
 */
export class StdinFilter extends EventEmitter {
  readonly isTTY = true;
  readonly #options: StdinFilterOptions;
  #queue: string[] = [];
  #rest = "";
  #wait: Disposable | undefined;
  #isDelivering = false;
  #listening: Listening | undefined;

  constructor(options: StdinFilterOptions) {
    super();
    this.#options = options;
    this.resume();
  }

  setRawMode(isRaw: boolean): this {
    this.#options.keyboard.setRawMode(isRaw);
    return this;
  }

  /** Ink calls it; the text is decoded anyway. */
  setEncoding(): this {
    return this;
  }

  /** Ink asks until it gets null; the second answer is always null, so each key is an event of its own. */
  read(): string | null {
    if (!this.#isDelivering) return null;
    this.#isDelivering = false;
    return this.#queue.shift() ?? null;
  }

  /** Lets go of the terminal: once it resolves, a child process gets every byte. */
  async pause(): Promise<void> {
    const listening = this.#listening;
    this.#listening = undefined;
    await listening?.stop();
  }

  resume(): void {
    this.#listening ??= this.#options.keyboard.listen((chunk) => this.#push(chunk));
  }

  dispose(): void {
    void this.pause();
    this.#wait?.[Symbol.dispose]();
  }

  #push(chunk: string): void {
    this.#wait?.[Symbol.dispose]();
    const { tokens, rest } = splitInput(this.#rest + chunk);
    this.#rest = rest;
    for (const token of tokens) this.#accept(token);
    if (rest === "" || rest.startsWith("\u001b[200~")) return;
    const { clock, isRemote } = this.#options;
    this.#wait = clock.after(rest === "\u001b" && !isRemote ? escapeWait : sequenceWait, () => this.#giveUpWaiting());
  }

  /** Nothing followed: a lone ESC was the key; half a sequence is line noise and is dropped. */
  #giveUpWaiting(): void {
    const wasEscape = this.#rest === "\u001b";
    this.#rest = "";
    if (wasEscape) this.#enqueue(escapeKey);
  }

  #accept(token: InputToken): void {
    if (token.kind === "mouse" || token.kind === "focus") this.emit("report", token);
    else if (token.kind === "paste") this.#enqueue(`\u001b[200~${token.text}\u001b[201~`);
    else this.#enqueue(token.text === "\u001b\u001b" ? escapeKey : token.text);
  }

  #enqueue(key: string): void {
    this.#queue.push(key);
    if (this.#queue.length === 1) queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    this.#isDelivering = true;
    this.emit("readable");
    this.#isDelivering = false;
    if (this.#queue.length > 0) queueMicrotask(() => this.#deliver());
  }
}

/** ESC in the spelling of the kitty protocol: Ink holds a bare one for 20 ms and would glue the next key to it. */
const escapeKey = "\u001b[27u";
