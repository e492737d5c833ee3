import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import type { FinishedCall } from "../catalog/call.ts";
import { HubError } from "../kernel/errors.ts";
import { silentLog } from "../kernel/log.ts";
import { localOwner } from "../kernel/principal.ts";
import { quantile } from "./latency.ts";
import { createLedger } from "./ledger.ts";
import { addRecords, type ToolRecord } from "./tool-record.ts";
import type { ToolRecordStore } from "./tool-record-store.ts";

const called = (given: Partial<FinishedCall> = {}): FinishedCall => ({
  kind: "tool",
  source: "slack",
  target: "slack.post",
  principal: localOwner,
  door: "mcp",
  input: {},
  outcome: "OK",
  ms: 100,
  resultSize: 40,
  ...given,
});

function ledgerOver(failures = 0) {
  const rows = new Map<string, Map<string, ToolRecord>>();
  const writes: number[] = [];
  const store: ToolRecordStore = {
    read: async (tenant) => new Map(rows.get(tenant)),
    async add(tenant, records) {
      if (writes.push(records.size) <= failures) throw new HubError("UNAVAILABLE", "the disk is full");
      const known = rows.get(tenant) ?? new Map<string, ToolRecord>();
      rows.set(tenant, known);
      for (const [tool, record] of records) known.set(tool, addRecords(known.get(tool), record));
    },
  };
  const clock = fakeClock(1_000);
  return { ledger: createLedger({ clock, log: silentLog, store }), clock, rows, writes };
}

test("calls are counted by tool, and only tools are", async () => {
  const { ledger, clock } = ledgerOver();
  ledger.add(called());
  await clock.advance(500);
  ledger.add(called({ outcome: "TOOL_ERROR", ms: 300, resultSize: 60 }));
  ledger.add(called({ outcome: "VALIDATION", ms: 0.2, resultSize: undefined }));
  ledger.add(called({ kind: "resource", target: "file:///a" }));
  const read = await ledger.read("default");
  expect([...read.keys()]).toEqual(["slack.post"]);
  const record = read.get("slack.post")!;
  expect(record).toMatchObject({
    calls: 3,
    errors: 2,
    results: 2,
    resultChars: 100,
    largestResult: 60,
    firstUsedAt: 1_000,
    lastUsedAt: 1_500,
  });
  expect(quantile(record.latency, 0.5)).toBeWithin(90, 110);
});

test("a tenant's calls are its own", async () => {
  const { ledger } = ledgerOver();
  ledger.add(called());
  ledger.add(called({ principal: { ...localOwner, tenant: "acme" } }));
  ledger.add(called({ principal: { ...localOwner, tenant: "acme" } }));
  expect((await ledger.read("default")).get("slack.post")!.calls).toBe(1);
  expect((await ledger.read("acme")).get("slack.post")!.calls).toBe(2);
});

test("the store is written now and then and at the end, and not when nothing was called", async () => {
  const { ledger, clock, rows, writes } = ledgerOver();
  await clock.advance(60_000);
  expect(writes).toEqual([]);
  for (let n = 0; n < 100; n++) ledger.add(called());
  expect(writes).toEqual([]);
  await clock.advance(30_000);
  expect(writes).toEqual([1]);
  ledger.add(called());
  await ledger[Symbol.asyncDispose]();
  expect(rows.get("default")!.get("slack.post")!.calls).toBe(101);
});

test("what could not be written is kept and written later, together with what came since", async () => {
  const { ledger, clock, rows } = ledgerOver(2);
  ledger.add(called());
  await clock.advance(30_000);
  ledger.add(called());
  expect(ledger.read("default")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  ledger.add(called());
  await ledger[Symbol.asyncDispose]();
  expect(rows.get("default")!.get("slack.post")!.calls).toBe(3);
});
