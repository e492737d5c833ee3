import type { Store } from "../store/store.ts";
import { createSecretStore } from "./secret-store.ts";
import type { Vault } from "./vault.ts";

/** A vault that is opened when there is something in it to open: a hub without secrets makes no key and asks no keychain. */
export function createLazyVault({ store, open }: { readonly store: Store; readonly open: () => Promise<Vault> }): Vault {
  const secrets = createSecretStore(store);
  return {
    set: async (tenant, name, text) => (await open()).set(tenant, name, text),
    get: async (tenant, name) => ((await secrets.find(tenant, name)) === undefined ? undefined : (await open()).get(tenant, name)),
    remove: (tenant, name) => secrets.remove(tenant, name),
    list: (tenant) => secrets.names(tenant),
    rotate: async (keyText) => (await open()).rotate(keyText),
  };
}
