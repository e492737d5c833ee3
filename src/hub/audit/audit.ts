import type { Log } from "../kernel/log.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { Store } from "../store/store.ts";
import type { AuditRow } from "../store/tables.ts";
import { rowOf, type AuditEntry } from "./audit-row.ts";
import { createChainWriter, findRows, type AuditFilter } from "./audit-store.ts";
import { verifyChain, type Verification } from "./audit-verify.ts";

/** What was done, by whom, in a chain that shows every later change. */
export interface Audit {
  /**
   * Writes a row; the result it is about leaves the hub only when this is through. On SQLite it mostly is when it returns,
   * then there is nothing to await. Never await it inside a transaction of the store.
   */
  append(entry: AuditEntry): void | Promise<void>;
  /** The same for tool calls, of which there are many: their rows share transactions. */
  appendSoon(entry: AuditEntry): Promise<void>;
  list(filter: AuditFilter): Promise<AuditRow[]>;
  verify(): Promise<Verification>;
}

export interface AuditOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

export function createAudit({ store, clock, log }: AuditOptions): Audit {
  const chain = createChainWriter(store);
  return {
    append(entry) {
      const written = chain.append(rowOf(entry, clock.now()));
      if (written instanceof Promise) return written.then(() => undefined);
    },
    appendSoon: (entry) => chain.appendSoon(rowOf(entry, clock.now())).then(() => undefined),
    list: (filter) => findRows(store.db, filter),
    async verify() {
      const verification = await verifyChain(store.db);
      if (!verification.ok) log.error("the audit chain is broken", { ...verification });
      return verification;
    },
  };
}
