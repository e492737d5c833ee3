import type { Kysely } from "kysely";
import { HubError } from "../kernel/errors.ts";
import { defaultTenant } from "../kernel/principal.ts";
import type { Random } from "../kernel/runtime.ts";
import type { Store } from "../store/store.ts";
import type { Tables } from "../store/tables.ts";
import type { Keyring, KeySource } from "./keys.ts";
import { keyIdOf, seal, unseal, type MasterKey, type Place } from "./seal.ts";
import { readFact, writeFact } from "./secret-store.ts";

/** A text sealed at first use: whoever opens it has the right key, long before the first secret is asked for. */
const checkText = "hubctl";
const place: Place = { tenant: defaultTenant, table: "settings", row: "vault.check" };

export interface KeyringDeps {
  readonly store: Store;
  readonly keys: KeySource;
  readonly random: Random;
}

/** The keys of this store, proven by the check value; makes the first key of a store that has none. */
export async function openKeyring({ store, keys, random }: KeyringDeps): Promise<Keyring> {
  if ((await readFact(store.db, "vault.check")) === undefined) await sealFirst({ store, keys, random });
  const [check, salt] = [await readFact(store.db, "vault.check"), await readFact(store.db, "vault.salt")];
  const ring = await keys.load({ salt: salt!, mayCreate: false });
  await prove(ring, check!);
  return ring;
}

/** Whether anything was ever sealed in the store, so that its key must be at hand. */
export const isSealed = async ({ db }: Pick<Store, "db">): Promise<boolean> => (await readFact(db, "vault.check")) !== undefined;

export async function sealCheck(db: Kysely<Tables>, key: MasterKey, random: Random): Promise<void> {
  await writeFact(db, "vault.check", await seal(key, checkText, { place, random }));
}

/** Exclusive, so that of several hubs that start together one makes the key and the others find it. */
async function sealFirst({ store, keys, random }: KeyringDeps): Promise<void> {
  await store.exclusively("vault", async (db) => {
    if ((await readFact(db, "vault.check")) !== undefined) return;
    const salt = random.bytes(16).toBase64();
    const { keys: ring } = await keys.load({ salt, mayCreate: true });
    await writeFact(db, "vault.salt", salt);
    await sealCheck(db, ring[0]!, random);
  });
}

async function prove({ origin, keys }: Keyring, check: string): Promise<void> {
  const id = keyIdOf(check);
  const key = keys.find((candidate) => candidate.id === id);
  if (key) return void (await unseal(key, check, place));
  const found = keys.length === 0 ? "there is no master key" : `${origin} holds ${keys.map((other) => other.id).join(", ")}`;
  throw new HubError("CONFLICT", `The store was sealed with key ${id}, but ${found}`, {
    hint: `Put key ${id} back: in HUBCTL_MASTER_KEY, the file HUBCTL_MASTER_KEY_FILE names, the OS keychain, or master.key in the data directory`,
  });
}
