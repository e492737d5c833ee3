import { HubError } from "#hub/kernel/errors.ts";
import type { Clock } from "#hub/kernel/runtime.ts";

/** The caller's signal and our own time limit as one; costs nothing where there is no limit. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal | undefined;
  readonly isTimed: boolean;
  /** Why it ended, as the caller should read it; undefined while it has not. */
  reason(): HubError | undefined;
  /** Waits for what takes no signal. */
  race<T>(work: Promise<T>): Promise<T>;
}

export function deadline(clock: Clock, caller: AbortSignal | undefined, timeoutMs: number | undefined): Deadline {
  const own = timeoutMs === undefined ? undefined : new AbortController();
  const timer = own && clock.after(timeoutMs!, () => own.abort(new HubError("TIMEOUT", `No complete answer within ${timeoutMs} ms`)));
  const signal = own && caller ? AbortSignal.any([caller, own.signal]) : (own?.signal ?? caller);
  return {
    signal,
    isTimed: own !== undefined,
    reason: () => (signal?.aborted ? asHubError(signal.reason) : undefined),
    race: (work) => (signal ? raceSignal(work, signal) : work),
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}

/** A caller may abort with a reason of its own; `AbortSignal.timeout` says TimeoutError. */
function asHubError(reason: unknown): HubError {
  if (reason instanceof HubError) return reason;
  const isTimeout = reason instanceof Error && reason.name === "TimeoutError";
  return isTimeout
    ? new HubError("TIMEOUT", "The request ran out of time", { cause: reason })
    : new HubError("CANCELLED", "The request was cancelled", { cause: reason });
}

function raceSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
