import { createHash } from "node:crypto";
import type { z } from "zod";
import { defaultTenant } from "../kernel/principal.ts";
import type { Vault } from "../vault/vault.ts";
import { Flow, Grant, Registration } from "./records.ts";

/** Which server something is kept for: its name, and the address it had then. */
export interface Owner {
  readonly server: string;
  readonly url: string;
}

export interface Forgotten {
  /** Whether there was anything. */
  readonly forgotten: boolean;
  /** What was granted last, whichever address the server had then. */
  readonly grant: Grant | undefined;
}

/** Everything that is remembered of sign-ins, sealed. What was made for another address of a server reads as absent. */
export interface CredentialStore {
  grant(owner: Owner): Promise<Grant | undefined>;
  saveGrant(owner: Owner, grant: Grant): Promise<void>;
  registration(owner: Owner): Promise<Registration | undefined>;
  saveRegistration(owner: Owner, registration: Registration): Promise<void>;
  dropRegistration(server: string): Promise<void>;
  /** Keeps the flow in place of every other of its server. */
  saveFlow(state: string, flow: Flow): Promise<void>;
  hasFlow(server: string, state: string): Promise<boolean>;
  /** Gives a flow to the first who asks for it, and to nobody after. */
  takeFlow(state: string): Promise<Flow | undefined>;
  forget(server: string): Promise<Forgotten>;
}

const prefix = "server-auth";

/** Names are made so that no server name can reach into those of another. */
const nameOf = (kind: "grant" | "client" | "flow", server: string) => `${prefix}:${kind}:${encodeURIComponent(server)}`;

/** The state is a secret until it has been used; the name of a row is not sealed. */
const fingerprintOf = (state: string) => createHash("sha256").update(state).digest("hex");

type Secrets = Pick<Vault, "get" | "set" | "remove" | "list">;

export function createCredentialStore(vault: Secrets): CredentialStore {
  const tenant = defaultTenant;
  const read = async <S extends z.ZodType>(name: string, schema: S): Promise<z.output<S> | undefined> => {
    const text = await vault.get(tenant, name);
    return text === undefined ? undefined : schema.safeParse(JSON.parse(text)).data;
  };
  const save = (name: string, value: unknown) => vault.set(tenant, name, JSON.stringify(value));
  const ofUrl = <R extends { readonly serverUrl: string }>(record: R | undefined, { url }: Owner) =>
    record?.serverUrl === url ? record : undefined;
  const flowsOf = async (server: string) => (await vault.list(tenant)).filter((name) => name.startsWith(`${nameOf("flow", server)}:`));
  const flowName = (server: string, state: string) => `${nameOf("flow", server)}:${fingerprintOf(state)}`;

  return {
    grant: async (owner) => ofUrl(await read(nameOf("grant", owner.server), Grant), owner),
    saveGrant: ({ server }, grant) => save(nameOf("grant", server), grant),
    registration: async (owner) => ofUrl(await read(nameOf("client", owner.server), Registration), owner),
    saveRegistration: ({ server }, registration) => save(nameOf("client", server), registration),
    async dropRegistration(server) {
      await vault.remove(tenant, nameOf("client", server));
    },
    async saveFlow(state, flow) {
      const others = await flowsOf(flow.server);
      await save(flowName(flow.server, state), flow);
      for (const name of others) await vault.remove(tenant, name);
    },
    hasFlow: async (server, state) => (await flowsOf(server)).includes(flowName(server, state)),
    async takeFlow(state) {
      const ending = `:${fingerprintOf(state)}`;
      const name = (await vault.list(tenant)).find((known) => known.startsWith(`${prefix}:flow:`) && known.endsWith(ending));
      if (name === undefined) return undefined;
      const flow = await read(name, Flow);
      return (await vault.remove(tenant, name)) ? flow : undefined;
    },
    async forget(server) {
      const names = [nameOf("grant", server), nameOf("client", server), ...(await flowsOf(server))];
      // What cannot be read can be forgotten all the same.
      const grant = await read(nameOf("grant", server), Grant).catch(() => undefined);
      const gone = await Promise.all(names.map((name) => vault.remove(tenant, name)));
      return { forgotten: gone.includes(true), grant };
    },
  };
}
