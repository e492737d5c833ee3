import type { FinishedCall } from "../catalog/call.ts";
import type { Log } from "../kernel/log.ts";
import type { Clock } from "../kernel/runtime.ts";
import { addLatency } from "./latency.ts";
import { addRecords, emptyRecord, type ToolRecord } from "./tool-record.ts";
import type { ToolRecords, ToolRecordStore } from "./tool-record-store.ts";

/** What every tool was used for, over restarts and over all hubs that share the store. */
export interface Ledger extends AsyncDisposable {
  /** Counts a call in memory; the store hears of it later. */
  add(call: FinishedCall): void;
  /** Everything counted so far, of one tenant. */
  read(tenant: string): Promise<ToolRecords>;
}

export interface LedgerDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: ToolRecordStore;
}

const writeEveryMs = 30_000;

/** Makes the ledger; disposing it writes what the store has not heard of. */
export function createLedger({ clock, log, store }: LedgerDeps): Ledger {
  const tenants = new Map<string, Map<string, ToolRecord>>();
  let writing: Promise<void> = Promise.resolve();

  const pendingOf = (tenant: string) => {
    const known = tenants.get(tenant) ?? new Map<string, ToolRecord>();
    tenants.set(tenant, known);
    return known;
  };
  const write = async (tenant: string) => {
    const records = tenants.get(tenant);
    if (!records) return;
    tenants.delete(tenant);
    try {
      await store.add(tenant, records);
    } catch (cause) {
      const since = pendingOf(tenant);
      for (const [tool, record] of records) since.set(tool, addRecords(since.get(tool), record));
      throw cause;
    }
  };
  /** One write at a time, so that none of them can come before another it should follow. */
  const inTurn = (tenant: string): Promise<void> => (writing = writing.catch(() => undefined).then(() => write(tenant)));
  const writeAll = async () => {
    // What fails is put back, and is not for this time.
    const due = [...tenants.keys()];
    for (const tenant of due)
      await inTurn(tenant).catch((cause: unknown) => log.warn("what tools were used for could not be stored, and is kept", { cause }));
  };
  const timer = clock.every(writeEveryMs, () => void writeAll());

  return {
    add(call) {
      if (call.kind === "tool") count(pendingOf(call.principal.tenant), call, clock.now());
    },
    async read(tenant) {
      await inTurn(tenant);
      return store.read(tenant);
    },
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      await writeAll();
    },
  };
}

function count(records: Map<string, ToolRecord>, { source, target, outcome, ms, resultSize }: FinishedCall, at: number): void {
  const record = records.get(target) ?? emptyRecord(source, at);
  records.set(target, record);
  record.calls += 1;
  if (outcome !== "OK") record.errors += 1;
  addLatency(record.latency, ms);
  record.lastUsedAt = at;
  if (resultSize === undefined) return;
  record.results += 1;
  record.resultChars += resultSize;
  record.largestResult = Math.max(record.largestResult, resultSize);
}
