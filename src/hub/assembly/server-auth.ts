import { events } from "../events.ts";
import type { HubError } from "../kernel/errors.ts";
import { createServerAuth, type Offer, type ServerAuth, type Why } from "../server-auth/server-auth.ts";
import type { Servers } from "../servers/servers.ts";
import { createLeases } from "../store/lease-store.ts";
import { createLazyVault } from "../vault/lazy-vault.ts";
import type { Foundation } from "./foundation.ts";

export interface ServerAuthOptions {
  readonly foundation: Foundation;
  readonly servers: () => Servers;
  readonly baseUrl: () => string;
}

/** Signing in at servers, tied to the servers, the events and the vault. */
export function assembleServerAuth({ foundation, servers, baseUrl }: ServerAuthOptions): ServerAuth {
  const { runtime, egress, bus, config, store } = foundation;
  const log = foundation.log.area("server-auth");
  return createServerAuth({
    vault: createLazyVault({ store, open: foundation.vault }),
    egress,
    runtime,
    log,
    baseUrl,
    exclusively: exclusivelyOver(foundation),
    clientMetadataUrl: () => config.current().hub.clientMetadataUrl,
    entry: (server) => servers().get(server).entry,
    offered(server, { url, issuer, scope }: Offer, reason: Why) {
      servers()
        .find(server)
        ?.send({ type: reason === "no-token" ? "authorization_required" : "authorization_offered", url });
      if (reason !== "asked") log.warn(`${server} wants you to sign in: hubctl servers authorize ${server}`, { server, issuer, scope });
      bus.publish(events.servers.authorizationRequired, { name: server, issuer, scope, reason });
    },
    blocked(server, { message, hint, details }: HubError) {
      servers().find(server)?.send({ type: "closed", error: message, hint, permanent: true });
      const changed = details?.["issuerChanged"] as { from: string; to: string } | undefined;
      if (changed) bus.publish(events.servers.issuerChanged, { name: server, ...changed, hint });
    },
    authorized(server, { issuer, scope }) {
      log.info(`signed in at ${server}`, { server, issuer, scope });
      bus.publish(events.servers.authorized, { name: server, issuer, scope });
      servers().find(server)?.send({ type: "authorized" });
    },
  });
}

const leaseMs = 60_000;
const pollMs = 100;

/** Hubs that share a store take turns: a refresh token that is used twice costs the whole sign-in. */
function exclusivelyOver({ store, runtime }: Foundation) {
  const leases = createLeases(store, runtime.clock);
  return async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    for (;;) {
      let done: { readonly result: T } | undefined;
      const wasOurs = await leases.runExclusive(name, leaseMs, async () => void (done = { result: await work() }));
      if (wasOurs && done) return done.result;
      await runtime.clock.sleep(pollMs);
    }
  };
}
