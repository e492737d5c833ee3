import type { Log } from "../kernel/log.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { Leases } from "../store/lease-store.ts";
import type { Store } from "../store/store.ts";
import { pruneEvents } from "./event-store.ts";

export interface PruningOptions {
  readonly store: Store;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Log;
}

const minute = 60_000;
const keptPerHub = 10_000;
const keptFor = 7 * 24 * 60 * minute;

/** Keeps the log short, by one of the hubs that share the store. */
export function startPruning({ store, leases, clock, log }: PruningOptions): Disposable {
  const prune = () => pruneEvents(store.db, { perHub: keptPerHub, notBefore: clock.now() - keptFor });
  return clock.every(5 * minute, () => {
    leases.runExclusive("events.prune", minute, prune).catch((cause: unknown) => log.error("old events could not be deleted", { cause }));
  });
}
