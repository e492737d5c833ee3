import { HubError } from "#hub/kernel/errors.ts";
import type { Clock, Random } from "#hub/kernel/runtime.ts";
import type { Connection } from "#tui/connection.ts";

export type PulseState =
  | { readonly is: "connecting" }
  | { readonly is: "live" }
  | { readonly is: "signed-out" }
  | { readonly is: "stale"; readonly attempt: number; readonly retryAt: number };

export interface HubPulseOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly random: Pick<Random, "float">;
}

const beat = 3000;
const answerWithin = 5000;
const firstBackoff = 500;
const longestBackoff = 30_000;

/**
 * Whether the hub is there. The event stream cannot tell: over a socket it reconnects by itself and is only silent meanwhile.
 * So the hub is asked for its status every few seconds, and after a failure at growing intervals.
 */
export class HubPulse {
  readonly #options: HubPulseOptions;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<() => void>();
  #wake = new AbortController();
  #state: PulseState = { is: "connecting" };

  constructor(options: HubPulseOptions) {
    this.#options = options;
  }

  get state(): PulseState {
    return this.#state;
  }

  onState(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Asks until `stop`; never throws. */
  async run(): Promise<void> {
    const { clock } = this.#options;
    for (let failures = 0; !this.#stop.signal.aborted;) {
      const failure = await this.#ask();
      if (this.#stop.signal.aborted) return;
      failures = failure ? failures + 1 : 0;
      const wait = failure ? this.#backoff(failures) : beat;
      if (!failure) this.#enter({ is: "live" });
      else if (failure.code === "UNAUTHENTICATED") this.#enter({ is: "signed-out" });
      else this.#enter({ is: "stale", attempt: failures, retryAt: clock.now() + wait });
      this.#wake = new AbortController();
      await clock.sleep(wait, AbortSignal.any([this.#stop.signal, this.#wake.signal])).catch(() => undefined);
    }
  }

  /** Asks now instead of when the wait is over. */
  retryNow(): void {
    this.#wake.abort(new HubError("CANCELLED", "Asked again at once"));
  }

  stop(): void {
    this.#stop.abort(new HubError("CANCELLED", "The interface is closed"));
  }

  async #ask(): Promise<HubError | undefined> {
    const { connection, clock } = this.#options;
    const late = new AbortController();
    using _timer = clock.after(answerWithin, () => late.abort(new HubError("TIMEOUT", "The hub does not answer")));
    try {
      await connection.invoke("hub.status", {}, { signal: AbortSignal.any([this.#stop.signal, late.signal]) });
      return undefined;
    } catch (cause) {
      return HubError.from(cause);
    }
  }

  #backoff(failures: number): number {
    return Math.min(longestBackoff, firstBackoff * 2 ** (failures - 1)) * (0.8 + 0.4 * this.#options.random.float());
  }

  #enter(state: PulseState): void {
    if (this.#state.is === state.is && state.is !== "stale") return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
