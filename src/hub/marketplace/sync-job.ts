import type { Log } from "../kernel/log.ts";
import type { Clock } from "../kernel/runtime.ts";

export interface SyncJobDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Does nothing when another hub on the same store is at it. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** When the last run of any hub ended, epoch ms. */
  readonly lastRun: () => Promise<number | undefined>;
  readonly intervalMs: number;
}

/** The start of a hub has better things to do. */
const firstAfterMs = 30_000;

/** Follows the registry in the background; a run that fails is only logged, for the next one begins where it ended. */
export function startSyncJob({ clock, log, run, lastRun, intervalMs }: SyncJobDeps): Disposable {
  const leaving = new AbortController();
  const once = async () => {
    const last = await lastRun();
    if (last !== undefined && clock.now() - last < intervalMs * 0.9) return;
    await run(leaving.signal);
  };
  const due = () =>
    void once().catch((cause: unknown) => {
      if (!leaving.signal.aborted) log.warn("the registry was not followed", { cause });
    });
  const first = clock.after(Math.min(firstAfterMs, intervalMs), due);
  const every = clock.every(intervalMs, due);
  return {
    [Symbol.dispose]() {
      leaving.abort();
      first[Symbol.dispose]();
      every[Symbol.dispose]();
    },
  };
}
