import { expect, test } from "bun:test";
import fc from "fast-check";
import { hashOf, type AuditEntry } from "#hub/audit/audit-row.ts";
import { createAudit } from "#hub/audit/audit.ts";
import { silentLog } from "#hub/kernel/log.ts";
import type { Store } from "#hub/store/store.ts";
import { fakeClock } from "../../support/fake-runtime.ts";
import { failureOf } from "../failure-of.ts";
import type { OpenEmpty } from "../store-kinds.ts";

const auditOf = (store: Store) => createAudit({ store, clock: fakeClock(), log: silentLog });
const entry = (target: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  tenant: "default",
  principal: "local",
  action: "tools.call",
  target,
  outcome: "OK",
  ...more,
});

/** A chain of five rows. */
async function filled(openEmpty: OpenEmpty) {
  const store = await openEmpty();
  const audit = auditOf(store);
  for (const target of ["a", "b", "c", "d", "e"]) await audit.append(entry(target));
  return { store, audit };
}

type Tamper = (db: Store["db"]) => Promise<unknown>;
const head = (db: Store["db"]) => db.updateTable("settings").where("key", "=", "audit.head");
const rowAt = (db: Store["db"], seq: number) => db.selectFrom("audit").selectAll().where("seq", "=", seq).executeTakeFirstOrThrow();

const tampers: readonly (readonly [what: string, tamper: Tamper, seq: number, reason: string])[] = [
  ["an edited row", (db) => db.updateTable("audit").set({ outcome: "FORBIDDEN" }).where("seq", "=", 3).execute(), 3, "edited"],
  ["an edited time", (db) => db.updateTable("audit").set({ at: 1 }).where("seq", "=", 1).execute(), 1, "edited"],
  ["a deleted row", (db) => db.deleteFrom("audit").where("seq", "=", 2).execute(), 2, "rows 2 to 2 are missing"],
  ["a deleted beginning", (db) => db.deleteFrom("audit").where("seq", "<=", 2).execute(), 1, "rows 1 to 2 are missing"],
  ["a deleted end", (db) => db.deleteFrom("audit").where("seq", ">", 3).execute(), 4, "rows 4 to 5 at the end are missing"],
  ["an emptied table", (db) => db.deleteFrom("audit").execute(), 1, "rows 1 to 5 at the end are missing"],
  ["a deleted end record", (db) => db.deleteFrom("settings").where("key", "=", "audit.head").execute(), 6, "end is gone"],
  ["a spoilt end record", (db) => head(db).set({ value_json: "{" }).execute(), 6, "end is gone"],
  ["an end record put back", (db) => head(db).set({ value_json: `{"seq":3,"hash":"x"}` }).execute(), 4, "rows from 4 on are not the hub's"],
  ["an end record of another row", (db) => head(db).set({ value_json: `{"seq":5,"hash":"x"}` }).execute(), 5, "row 5 was replaced"],
  [
    "two rows that changed places",
    async (db) => {
      const [second, third] = [await rowAt(db, 2), await rowAt(db, 3)];
      await db
        .updateTable("audit")
        .set({ ...third, seq: 2 })
        .where("seq", "=", 2)
        .execute();
      await db
        .updateTable("audit")
        .set({ ...second, seq: 3 })
        .where("seq", "=", 3)
        .execute();
    },
    2,
    "edited",
  ],
  [
    "a row from before the beginning",
    async (db) =>
      db
        .insertInto("audit")
        .values({ ...(await rowAt(db, 1)), seq: -4 })
        .execute(),
    1,
    "row -4 is not the hub's",
  ],
];

export function auditSuite(openEmpty: OpenEmpty): void {
  test("an untouched chain is whole, also an empty one", async () => {
    expect(await auditOf(await openEmpty()).verify()).toEqual({ ok: true, rows: 0 });
    const { audit } = await filled(openEmpty);
    expect(await audit.verify()).toEqual({ ok: true, rows: 5 });
  });

  for (const [what, tamper, seq, reason] of tampers)
    test(`${what} is found, also after the hub has gone on`, async () => {
      const { store, audit } = await filled(openEmpty);
      await tamper(store.db);
      const found = await audit.verify();
      expect(found).toMatchObject({ ok: false, rows: seq - 1, seq, reason: expect.stringContaining(reason) });
      // Where a row of the next number is in the way, the hub refuses to write rather than to write beside the chain.
      await Promise.try(() => audit.append(entry("f"))).catch(() => undefined);
      expect(await audit.verify()).toMatchObject({ ok: false });
    });

  test("a row rewritten with a hash that fits breaks the link behind it", async () => {
    const { store, audit } = await filled(openEmpty);
    const row = { ...(await rowAt(store.db, 3)), principal: "somebody else" };
    await store.db
      .updateTable("audit")
      .set({ ...row, hash: hashOf(row) })
      .where("seq", "=", 3)
      .execute();
    expect(await audit.verify()).toMatchObject({ ok: false, seq: 4, reason: expect.stringContaining("does not follow row 3") });
  });

  test("many at once form one chain", async () => {
    const store = await openEmpty();
    const [one, two] = [auditOf(store), auditOf(store)];
    await Promise.all(Array.from({ length: 200 }, (_, index) => Promise.try(() => (index % 2 ? one : two).append(entry(`t${index}`)))));
    expect(await one.verify()).toEqual({ ok: true, rows: 200 });
  });

  test("a chain that grows while it is checked is whole", async () => {
    const audit = auditOf(await openEmpty());
    const append = (index: number) => Promise.try(() => audit.append(entry(`t${index}`)));
    await Promise.all(Array.from({ length: 2_500 }, (_, index) => append(index)));
    const checking = audit.verify();
    for (let index = 0; index < 60; index++) await append(index);
    const { ok, rows } = await checking;
    expect(ok).toBe(true);
    expect(rows).toBeGreaterThanOrEqual(2_500);
    expect(await audit.verify()).toEqual({ ok: true, rows: 2_560 });
  });

  test("a row written while a transaction is open waits for it, and outlives its failure", async () => {
    const store = await openEmpty();
    const audit = auditOf(store);
    let written = Promise.resolve();
    const failing = store.db.transaction().execute(async (db) => {
      await db.insertInto("settings").values({ tenant_id: "default", key: "k", value_json: "1" }).execute();
      written = Promise.try(() => audit.append(entry("a")));
      throw new Error("rolled back");
    });
    expect((await failureOf(failing)).message).toBe("rolled back");
    await written;
    await audit.append(entry("b"));
    expect(await audit.verify()).toEqual({ ok: true, rows: 2 });
    expect((await audit.list({ tenant: "default", limit: 10 })).map(({ target }) => target)).toEqual(["b", "a"]);
  });

  test("rows are found by tenant, principal, action, target, outcome and time", async () => {
    const store = await openEmpty();
    const clock = fakeClock(1_000);
    const audit = createAudit({ store, clock, log: silentLog });
    await audit.append(entry("slack.messages.post"));
    await clock.advance(10);
    await audit.append(entry("slack", { action: "servers.restart", principal: "ana", ms: 12.4 }));
    await clock.advance(10);
    await audit.append(entry("slack_other.post", { outcome: "FORBIDDEN" }));
    await audit.append(entry("slack.messages.post", { tenant: "t1" }));
    const seqs = async (filter: object) => (await audit.list({ tenant: "default", limit: 10, ...filter })).map(({ seq }) => seq);
    expect(await seqs({})).toEqual([3, 2, 1]);
    expect(await seqs({ tenant: "t1" })).toEqual([4]);
    expect(await seqs({ principal: "ana" })).toEqual([2]);
    expect(await seqs({ target: "slack" })).toEqual([2, 1]);
    expect(await seqs({ target: "slack.messages.post" })).toEqual([1]);
    expect(await seqs({ action: "servers" })).toEqual([2]);
    expect(await seqs({ outcome: "FORBIDDEN" })).toEqual([3]);
    expect(await seqs({ since: 1_010 })).toEqual([3, 2]);
    expect(await seqs({ since: 1_010, until: 1_020 })).toEqual([2]);
    expect(await seqs({ before: 3, limit: 1 })).toEqual([2]);
    expect((await audit.list({ tenant: "default", limit: 1, principal: "ana" }))[0]?.ms).toBe(12);
  });

  test("whatever text a row holds, the chain is whole", async () => {
    const store = await openEmpty();
    const audit = auditOf(store);
    let rows = 0;
    const text = fc.string({ unit: "binary", maxLength: 600 });
    await fc.assert(
      fc.asyncProperty(text, text, fc.jsonValue(), async (target, principal, details) => {
        await audit.append(entry(`${target}\ud800\0`, { principal, details }));
        expect(await audit.verify()).toEqual({ ok: true, rows: ++rows });
      }),
      { numRuns: 40 },
    );
  });
}
