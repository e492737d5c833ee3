import { expect, test } from "bun:test";
import { sql } from "kysely";
import { migrate } from "#hub/store/migrate.ts";
import { migrations } from "#hub/store/migrations/all.ts";
import { failureOf } from "../failure-of.ts";
import type { OpenEmpty } from "../store-kinds.ts";

export function schemaSuite(openEmpty: OpenEmpty): void {
  test("a new store has the default tenant", async () => {
    const { db } = await openEmpty();
    expect(await db.selectFrom("tenants").select(["id", "name"]).execute()).toEqual([{ id: "default", name: "Default" }]);
  });

  test("times come back as numbers", async () => {
    const { db } = await openEmpty();
    const { created_at } = await db.selectFrom("tenants").select("created_at").executeTakeFirstOrThrow();
    expect(created_at).toBeNumber();
    expect(created_at).toBeGreaterThan(1_700_000_000_000);
  });

  test("migrations run once", async () => {
    const store = await openEmpty();
    const before = await store.db.selectFrom("migrations").selectAll().execute();
    await migrate(store, 1);
    expect(await store.db.selectFrom("migrations").selectAll().execute()).toEqual(before);
  });

  test("a migration that fails leaves nothing of itself behind, nor of those before it", async () => {
    const store = await openEmpty();
    const steps = {
      ...migrations,
      "9000-good": async (db: Parameters<typeof migrate>[0]["db"]) => void (await sql`create table good (id text)`.execute(db)),
      "9001-bad": async (db: Parameters<typeof migrate>[0]["db"]) => void (await sql`create table bad (nonsense`.execute(db)),
    } as unknown as Parameters<typeof migrate>[2];
    await failureOf(migrate(store, 1, steps));
    expect((await failureOf(sql`select * from good`.execute(store.db))).message).toContain("good");
    expect(await store.db.selectFrom("migrations").select("name").execute()).toEqual(Object.keys(migrations).map((name) => ({ name })));
  });

  test("a store of a newer program is refused, by name of what is unknown", async () => {
    const store = await openEmpty();
    await store.db.insertInto("migrations").values({ name: "0099-later", applied_at: 1 }).execute();
    const refusal = await failureOf(migrate(store, 1));
    expect(refusal.code).toBe("CONFLICT");
    expect(refusal.message).toContain("0099-later");
    expect(refusal.hint).toContain("Upgrade");
  });

  test("what belongs to a tenant goes with it, and cannot belong to none", async () => {
    const { db } = await openEmpty();
    await db.insertInto("tenants").values({ id: "t1", name: "One", created_at: 1 }).execute();
    await db.insertInto("settings").values({ tenant_id: "t1", key: "k", value_json: "1" }).execute();
    await db.deleteFrom("tenants").where("id", "=", "t1").execute();
    expect(await db.selectFrom("settings").selectAll().where("tenant_id", "=", "t1").execute()).toEqual([]);
    await failureOf(db.insertInto("settings").values({ tenant_id: "nobody", key: "k", value_json: "1" }).execute());
  });

  test("exclusive work is done one after the other, and undone when it fails", async () => {
    const store = await openEmpty();
    const steps: string[] = [];
    const work = (name: string) =>
      store.exclusively("test", async (db) => {
        steps.push(`${name} begins`);
        await sql`select 1`.execute(db);
        steps.push(`${name} ends`);
      });
    await Promise.all([work("a"), work("b")]);
    expect(steps).toEqual(["a begins", "a ends", "b begins", "b ends"]);

    const failing = store.exclusively("test", async (db) => {
      await db.insertInto("settings").values({ tenant_id: "default", key: "k", value_json: "1" }).execute();
      throw new Error("no");
    });
    expect((await failureOf(failing)).message).toBe("no");
    expect(await store.db.selectFrom("settings").select("key").where("key", "=", "k").execute()).toEqual([]);
  });
}
