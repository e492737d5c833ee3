import { expect, test } from "bun:test";
import { silentLog } from "#hub/kernel/log.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import type { Store } from "#hub/store/store.ts";
import { newKeyText, readKey, type KeySource } from "#hub/vault/keys.ts";
import { createVault, type Vault } from "#hub/vault/vault.ts";
import { fakeRuntime } from "../../support/fake-runtime.ts";
import { failureOf } from "../failure-of.ts";
import type { OpenEmpty } from "../store-kinds.ts";

const newKey = () => newKeyText(systemRuntime.random);

/** Keys that are kept in a list. */
function keysOf(...texts: string[]): KeySource & { readonly texts: string[] } {
  return {
    texts,
    load: async ({ salt }) => ({ origin: "the test", keys: await Promise.all(texts.map((text) => readKey(text, salt, "the test"))) }),
    add: async (text) => void texts.unshift(text),
  };
}

const openVault = (store: Store, keys: KeySource): Promise<Vault> => createVault({ store, keys, runtime: fakeRuntime(), log: silentLog });

export function vaultSuite(openEmpty: OpenEmpty): void {
  test("a secret comes back as it was set, to its tenant alone", async () => {
    const store = await openEmpty();
    await store.db.insertInto("tenants").values({ id: "t1", name: "One", created_at: 1 }).execute();
    const vault = await openVault(store, keysOf(newKey()));
    await vault.set("default", "slack", "xoxb-ключ\0✓");
    await vault.set("default", "slack", "xoxb-ключ\0✓ 2");
    await vault.set("t1", "slack", "");
    expect(await vault.get("default", "slack")).toBe("xoxb-ключ\0✓ 2");
    expect(await vault.get("t1", "slack")).toBe("");
    expect(await vault.get("t1", "github")).toBeUndefined();
    expect(await vault.list("default")).toEqual(["slack"]);
    expect(await vault.remove("default", "slack")).toBe(true);
    expect(await vault.remove("default", "slack")).toBe(false);
    expect(await vault.get("t1", "slack")).toBe("");
  });

  test("the store holds no secret in the clear, and none twice alike", async () => {
    const store = await openEmpty();
    const vault = await openVault(store, keysOf(newKey()));
    await vault.set("default", "a", "canary-4711");
    await vault.set("default", "b", "canary-4711");
    const rows = await store.db.selectFrom("secrets").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain("canary");
    expect(new Set(rows.map(({ sealed }) => sealed.split(".")[3])).size).toBe(2);
  });

  test("a sealed text opens in its own row only, and not when a bit of it is another", async () => {
    const store = await openEmpty();
    const vault = await openVault(store, keysOf(newKey()));
    await vault.set("default", "mine", "one");
    await vault.set("default", "yours", "two");
    const { sealed } = await store.db.selectFrom("secrets").select("sealed").where("name", "=", "yours").executeTakeFirstOrThrow();
    const put = (text: string) => store.db.updateTable("secrets").set({ sealed: text }).where("name", "=", "mine").execute();
    await put(sealed);
    expect((await failureOf(vault.get("default", "mine"))).code).toBe("CONFLICT");
    for (const spoilt of [
      "",
      "v1",
      "v2.a.b.c",
      `${sealed}x`,
      sealed.replace(/\.[^.]+$/, ".AAAA"),
      sealed.replace(/^(v1\.[^.]+)\.[^.]+/, "$1.!"),
    ]) {
      await put(spoilt);
      expect((await failureOf(vault.get("default", "mine"))).code).toBe("CONFLICT");
    }
  });

  test("a wrong key refuses to start, names both keys, and changes nothing", async () => {
    const store = await openEmpty();
    const right = keysOf(newKey());
    const vault = await openVault(store, right);
    await vault.set("default", "a", "kept");
    const wrong = keysOf(newKey());
    const [rightId, wrongId] = [await readKey(right.texts[0]!, "", ""), await readKey(wrong.texts[0]!, "", "")].map(({ id }) => id);
    const refusal = await failureOf(openVault(store, wrong));
    expect(refusal.code).toBe("CONFLICT");
    expect(refusal.message).toBe(`The store was sealed with key ${rightId}, but the test holds ${wrongId}`);
    expect(refusal.hint).toContain("HUBCTL_MASTER_KEY_FILE");
    expect((await failureOf(openVault(store, keysOf()))).message).toContain("there is no master key");
    expect(await (await openVault(store, right)).get("default", "a")).toBe("kept");
  });

  test("of hubs that start together on a new store all end with one key", async () => {
    const store = await openEmpty();
    const kept: string[] = [];
    const source = (): KeySource => ({
      load: async ({ salt, mayCreate }) => {
        if (kept.length === 0 && mayCreate) kept.push(newKey());
        return keysOf(...kept).load({ salt, mayCreate });
      },
      add: async () => undefined,
    });
    const vaults = await Promise.all([1, 2, 3].map(() => openVault(store, source())));
    await vaults[0]!.set("default", "a", "x");
    expect(await vaults[2]!.get("default", "a")).toBe("x");
    expect(kept).toHaveLength(1);
  });

  test("a rotation seals everything with the new key, while others read and write", async () => {
    const store = await openEmpty();
    const keys = keysOf(newKey());
    const [vault, otherHub] = [await openVault(store, keys), await openVault(store, keys)];
    const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
    for (const name of names) await vault.set("default", name, `${name} old`);

    const [, result] = await Promise.all([otherHub.set("default", "s3", "s3 new"), vault.rotate(newKey())]);
    expect(result.resealed).toBeGreaterThanOrEqual(19);
    for (const name of names) expect(await otherHub.get("default", name)).toBe(name === "s3" ? "s3 new" : `${name} old`);

    await vault.rotate();
    const newest = keysOf(keys.texts[0]!);
    const reopened = await openVault(store, newest);
    for (const name of names) expect(await reopened.get("default", name)).toStartWith(name);
    expect((await failureOf(openVault(store, keysOf(keys.texts[1]!)))).code).toBe("CONFLICT");
  });

  test("a rotation that was cut short goes on where it was", async () => {
    const store = await openEmpty();
    const [old, fresh] = [newKey(), newKey()];
    const vault = await openVault(store, keysOf(old));
    for (const name of ["a", "b", "c"]) await vault.set("default", name, name);
    const { sealed } = await store.db.selectFrom("secrets").select("sealed").where("name", "=", "b").executeTakeFirstOrThrow();
    await store.db.updateTable("secrets").set({ sealed: "v1.spoilt" }).where("name", "=", "b").execute();

    const rotating = await openVault(store, keysOf(fresh, old));
    const cut = await failureOf(rotating.rotate());
    expect(cut.message).toContain("default/b cannot be opened");
    expect(cut.details).toEqual({ resealed: 2, damaged: ["default/b"] });
    expect((await failureOf(openVault(store, keysOf(fresh)))).code).toBe("CONFLICT");

    await store.db.updateTable("secrets").set({ sealed }).where("name", "=", "b").execute();
    const resumed = await openVault(store, keysOf(fresh, old));
    expect(await resumed.rotate()).toEqual({ resealed: 1 });
    expect(await resumed.rotate()).toEqual({ resealed: 0 });
    const after = await openVault(store, keysOf(fresh));
    for (const name of ["a", "b", "c"]) expect(await after.get("default", name)).toBe(name);
  });

  test("a passphrase seals too, and its key belongs to one store", async () => {
    const [first, second] = [await openEmpty(), "a passphrase of words"];
    const vault = await openVault(first, keysOf(second));
    await vault.set("default", "a", "x");
    expect(await (await openVault(first, keysOf(second))).get("default", "a")).toBe("x");
    expect((await readKey(second, "one salt", "")).id).not.toBe((await readKey(second, "another", "")).id);
  });
}
