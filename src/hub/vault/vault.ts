import { HubError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Runtime } from "../kernel/runtime.ts";
import type { Store } from "../store/store.ts";
import type { SecretRow } from "../store/tables.ts";
import { openKeyring, sealCheck } from "./check.ts";
import type { KeySource } from "./keys.ts";
import { keyIdOf, seal, unseal, type MasterKey, type Place } from "./seal.ts";
import { createSecretStore } from "./secret-store.ts";

/** Secrets at rest: sealed in the store, opened only when somebody asks. */
export interface Vault {
  set(tenant: string, name: string, text: string): Promise<void>;
  /** Undefined when there is none of that name; one that cannot be opened throws. */
  get(tenant: string, name: string): Promise<string | undefined>;
  remove(tenant: string, name: string): Promise<boolean>;
  list(tenant: string): Promise<string[]>;
  /**
   * Adds a key and seals every secret with it, while the hub serves. Without a key it finishes a rotation that was cut
   * short, or one begun by hand with a new first line among the keys. The old keys have to stay until it is through.
   */
  rotate(keyText?: string): Promise<{ readonly resealed: number }>;
}

export interface VaultOptions {
  readonly store: Store;
  readonly keys: KeySource;
  readonly runtime: Runtime;
  readonly log: Log;
}

/** Opens the vault; refuses when the keys at hand are not those the store was sealed with. */
export async function createVault({ store, keys, runtime, log }: VaultOptions): Promise<Vault> {
  const secrets = createSecretStore(store);
  const { random, clock } = runtime;
  const deps = { store, keys, random };
  let ring = await openKeyring(deps);

  const keyNamed = async (id: string): Promise<MasterKey> => {
    const known = () => ring.keys.find((key) => key.id === id);
    if (known()) return known()!;
    // Another hub may have rotated since this one started.
    ring = await openKeyring(deps);
    const key = known();
    if (key) return key;
    throw new HubError("CONFLICT", `A secret was sealed with key ${id}, which is not among the keys of ${ring.origin}`, {
      hint: `Put key ${id} back on a line of its own below the present one`,
    });
  };
  const open = async (row: Pick<SecretRow, "tenant_id" | "name" | "sealed">) =>
    unseal(await keyNamed(keyIdOf(row.sealed)), row.sealed, placeOf(row.tenant_id, row.name));

  const reseal = async (row: SecretRow, key: MasterKey): Promise<boolean> => {
    const sealed = await seal(key, await open(row), { place: placeOf(row.tenant_id, row.name), random });
    return secrets.replace(row, sealed, key.id);
  };

  return {
    async set(tenant, name, text) {
      const key = ring.keys[0]!;
      const sealed = await seal(key, text, { place: placeOf(tenant, name), random });
      await secrets.put({ tenant_id: tenant, name, sealed, key_id: key.id, updated_at: clock.now() });
    },
    async get(tenant, name) {
      const sealed = await secrets.find(tenant, name);
      return sealed === undefined ? undefined : open({ tenant_id: tenant, name, sealed });
    },
    remove: (tenant, name) => secrets.remove(tenant, name),
    list: (tenant) => secrets.names(tenant),
    async rotate(keyText) {
      if (keyText !== undefined) await keys.add(keyText);
      ring = await openKeyring(deps);
      const key = ring.keys[0]!;
      let resealed = 0;
      const damaged: string[] = [];
      for (const row of await secrets.sealedWithout(key.id))
        try {
          if (await reseal(row, key)) resealed++;
        } catch (cause) {
          if (!(cause instanceof HubError && cause.code === "CONFLICT")) throw cause;
          damaged.push(`${row.tenant_id}/${row.name}`);
        }
      if (damaged.length > 0)
        throw new HubError("CONFLICT", `The rotation to key ${key.id} is not through: ${damaged.join(", ")} cannot be opened`, {
          hint: "Set these secrets again or remove them, then rotate once more; keep the old keys until then",
          details: { resealed, damaged },
        });
      await sealCheck(store.db, key, random);
      log.info("all secrets are sealed with the new key", { key: key.id, resealed });
      return { resealed };
    },
  };
}

const placeOf = (tenant: string, row: string): Place => ({ tenant, table: "secrets", row });
