import type { Call, Result } from "../../catalog/call.ts";
import type { Clock } from "../../kernel/runtime.ts";
import type { Outcome } from "./plain-call.ts";

type Notification = Parameters<NonNullable<Call["onNotification"]>>[0];

/**
 * A tool call of a 2025 session that has begun before it is known whether its answer needs a stream: most are answered at once
 * and tell nothing before. The others go on over the stream that the SDK opens, which misses nothing of what was said by then.
 */
export class EarlyCall {
  readonly #outcome: Promise<Outcome>;
  readonly #stop = new AbortController();
  readonly #needsStream = Promise.withResolvers<void>();
  readonly #stream = Promise.withResolvers<Call>();
  readonly #said: Notification[] = [];
  #attached: Call | undefined;

  constructor(call: Omit<Call, "signal">, work: (call: Call) => Promise<Result>) {
    this.#outcome = work({
      ...call,
      signal: this.#stop.signal,
      onNotification: (said) => this.#tell(said),
      onServerRequest: async (method, params) => (await this.#onStream()).onServerRequest!(method, params),
      onStreamClosed: () => void this.#onStream().then((stream) => stream.onStreamClosed?.()),
    }).then(
      (result) => ({ result }),
      (cause: unknown) => ({ cause }),
    );
  }

  get isCancelled(): boolean {
    return this.#stop.signal.aborted;
  }

  /** What came of it within the time, where nothing has to be told or asked before. */
  async withoutStream(clock: Clock, patienceMs: number): Promise<Outcome | undefined> {
    using _ = clock.after(patienceMs, () => this.#needsStream.resolve());
    return await Promise.race([this.#outcome, this.#needsStream.promise.then(() => undefined)]);
  }

  /** Goes on over a stream. */
  async over(stream: Call): Promise<Result> {
    this.#attached = stream;
    this.#stream.resolve(stream);
    for (const said of this.#said.splice(0)) stream.onNotification?.(said);
    if (stream.signal.aborted) this.cancel(stream.signal.reason);
    else stream.signal.addEventListener("abort", () => this.cancel(stream.signal.reason), { once: true });
    const outcome = await this.#outcome;
    if ("result" in outcome) return outcome.result;
    throw outcome.cause;
  }

  cancel(reason: unknown): void {
    this.#stop.abort(reason);
    this.#needsStream.resolve();
  }

  #tell(said: Notification): void {
    if (this.#attached) return this.#attached.onNotification?.(said);
    this.#said.push(said);
    this.#needsStream.resolve();
  }

  #onStream(): Promise<Call> {
    this.#needsStream.resolve();
    return this.#stream.promise;
  }
}
