import { expect, test } from "bun:test";
import { fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { silentLog } from "../kernel/log.ts";
import { invoke, type Context } from "../kernel/operation.ts";
import { localOwner } from "../kernel/principal.ts";
import { openStore } from "../store/open-store.ts";
import { createAudit } from "./audit.ts";
import { list, verify } from "./operations.ts";

async function makeArea() {
  const runtime = fakeRuntime();
  const store = await openStore({ location: ":memory:", runtime, log: silentLog });
  const audit = createAudit({ store, clock: runtime.clock, log: silentLog });
  const context = {
    audit,
    runtime,
    principal: localOwner,
    signal: new AbortController().signal,
    guard: { operation: () => undefined },
    observe: () => undefined,
    progress: () => undefined,
  } as unknown as Context;
  const run = (operation: typeof list | typeof verify, input: object) =>
    invoke({ name: "audit.x", area: "audit", verb: "x", operation }, input, context) as Promise<Record<string, unknown>>;
  return { store, audit, run };
}

test("pages lead from the newest row to the first, each once, of the caller's tenant", async () => {
  const { store, audit, run } = await makeArea();
  for (let n = 1; n <= 5; n++)
    await audit.append({ tenant: "default", principal: "p", action: "a", target: `t${n}`, outcome: "OK", details: { n } });
  await audit.append({ tenant: "t1", principal: "p", action: "a", outcome: "OK" });
  const seen: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = (await run(list, { limit: 2, cursor })) as { items: { target: string; details: unknown }[]; nextCursor?: string };
    seen.push(...page.items.map(({ target, details }) => [target, details]));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen).toEqual([5, 4, 3, 2, 1].map((n) => [`t${n}`, { n }]));
  await store.close();
});

test("what is empty in a row is left out, and a cursor is a number", async () => {
  const { store, audit, run } = await makeArea();
  await audit.append({ tenant: "default", principal: "p", action: "a", outcome: "FORBIDDEN" });
  const { items } = (await run(list, {})) as { items: Record<string, unknown>[] };
  expect(Object.keys(items[0]!)).toEqual(["seq", "at", "principal", "action", "outcome", "hash"]);
  expect(await run(list, { cursor: "1 or 1=1" }).catch((cause: { code: string }) => cause.code)).toBe("VALIDATION");
  await store.close();
});

test("the verification answers which row is the first bad one", async () => {
  const { store, audit, run } = await makeArea();
  await audit.append({ tenant: "default", principal: "p", action: "a", outcome: "OK" });
  expect(await run(verify, {})).toEqual({ ok: true, rows: 1 });
  await store.db.updateTable("audit").set({ principal: "q" }).execute();
  expect(await run(verify, {})).toEqual({ ok: false, rows: 0, seq: 1, reason: "row 1 was edited: its hash does not fit its content" });
  await store.close();
});
