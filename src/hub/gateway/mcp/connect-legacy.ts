import type { Transport } from "@modelcontextprotocol/server";
import type { Principal } from "../../kernel/principal.ts";
import { createDoorServer, type DoorServer, type DoorServerOptions } from "./door-server.ts";
import { listChangedMethods } from "./list-changed.ts";
import type { Rounds } from "./rounds.ts";
import type { Watches } from "./subscriptions.ts";
import type { View } from "./view.ts";

export interface LegacyOptions {
  readonly view: View;
  readonly principal: Principal;
  readonly version: string;
  readonly watches: Watches;
  readonly rounds: Rounds;
  readonly begun?: DoorServerOptions["begun"];
}

/** A served connection. */
export interface LegacyConnection extends DoorServer {
  /** The client can hear now: it is told what changed before it could. */
  listening(): void;
}

/** Serves one long connection of a client of 2025 or older: requests, changes of lists, watched resources. */
export async function connectLegacy(transport: Transport, options: LegacyOptions, closed: () => void): Promise<LegacyConnection> {
  const { view, principal, version, watches, rounds, begun } = options;
  const route = (uri: string) => view.route(uri, principal);
  const subscriptions = watches.session(route, (uri) => void server.sendResourceUpdated({ uri }).catch(() => undefined));
  const { server, asker } = createDoorServer({ view, principal, version, era: "legacy", subscriptions, rounds, begun });
  let unheard: Set<string> | undefined = new Set();
  const tell = (method: string) => void server.notification({ method }).catch(() => undefined);
  const changes = view.onChange((changed) => {
    for (const method of listChangedMethods(changed, view))
      if (unheard) unheard.add(method);
      else tell(method);
  });
  const statuses = view.tasks.onStatus({ principal: principal.id, era: "legacy", source: view.source }, (params) => {
    void server.notification({ method: "notifications/tasks/status", params }).catch(() => undefined);
  });
  server.onclose = () => {
    statuses[Symbol.dispose]();
    changes[Symbol.dispose]();
    subscriptions[Symbol.dispose]();
    closed();
  };
  await server.connect(transport);
  return {
    server,
    asker,
    listening() {
      for (const method of unheard ?? []) tell(method);
      unheard = undefined;
    },
  };
}
