import type { Clock } from "../kernel/runtime.ts";
import type { Store } from "./store.ts";

/** Who may do a background job, when several hubs share the store. */
export interface Leases {
  /** True when `holder` has the lease now: it was free, expired, or its own already. */
  acquire(name: string, holder: string, ttlMs: number): Promise<boolean>;
  release(name: string, holder: string): Promise<void>;
  /** Runs `work` unless another hub is at it, renewing the lease while it runs; false when another hub is. */
  runExclusive(name: string, ttlMs: number, work: () => Promise<void>): Promise<boolean>;
}

/** Makes the leases of a store. A holder that dies keeps its lease until it expires. */
export function createLeases(store: Store, clock: Clock): Leases {
  let runs = 0;

  const acquire: Leases["acquire"] = async (name, holder, ttlMs) => {
    const now = clock.now();
    const lease = { holder, expires_at: now + ttlMs };
    const taken = await store.db
      .insertInto("leases")
      .values({ name, ...lease })
      .onConflict((conflict) =>
        conflict
          .column("name")
          .doUpdateSet(lease)
          .where((eb) => eb.or([eb("leases.holder", "=", holder), eb("leases.expires_at", "<=", now)])),
      )
      .returning("holder")
      .executeTakeFirst();
    return taken !== undefined;
  };

  const release: Leases["release"] = async (name, holder) => {
    await store.db.deleteFrom("leases").where("name", "=", name).where("holder", "=", holder).execute();
  };

  return {
    acquire,
    release,
    async runExclusive(name, ttlMs, work) {
      const holder = `${store.id}:${++runs}`;
      if (!(await acquire(name, holder, ttlMs))) return false;
      // A renewal that fails changes nothing now: the lease still runs, and the next one comes before it ends.
      using _renewal = clock.every(ttlMs / 3, () => void acquire(name, holder, ttlMs).catch(() => false));
      try {
        await work();
      } finally {
        await release(name, holder);
      }
      return true;
    },
  };
}
