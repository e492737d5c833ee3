import { setTimeout as after } from "node:timers/promises";

export interface Schedule {
  readonly everyMs: number;
  readonly run: () => void | Promise<void>;
}

/** Does a piece of work again and again, each time when the time has come and the one before is through. */
export async function repeat({ everyMs, run }: Schedule, signal: AbortSignal): Promise<void> {
  for (let due = performance.now() + everyMs; ; due = Math.max(due + everyMs, performance.now())) {
    await after(Math.max(0, due - performance.now()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await run();
  }
}
