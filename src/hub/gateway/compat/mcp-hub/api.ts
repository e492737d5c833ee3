import type { Route } from "../../routes.ts";
import { createAnnouncer, settlePatienceMs } from "./announcer.ts";
import { authorizeRoutes } from "./authorize-routes.ts";
import { callRoutes } from "./call-routes.ts";
import type { McpHubDeps } from "./deps.ts";
import { createEventClients } from "./event-clients.ts";
import { hubRoutes, hubStateData } from "./hub-routes.ts";
import { advance, type Happening, type HubState } from "./lifecycle.ts";
import { mcpHubRoute } from "./route.ts";
import { serverRoutes } from "./server-routes.ts";

/** mcp-hub's management API: `/api/*` and its events. */
export interface McpHubApi extends Disposable {
  readonly routes: readonly Route[];
  /** Tells the clients that the hub stops, and ends their streams. */
  stop(): void;
}

export function createMcpHubApi(deps: McpHubDeps): McpHubApi {
  const { clock, random, servers, workspaces, events } = deps;
  let state: HubState = "starting";
  const clients = createEventClients({ clock, random, follow: () => workspaces.follow() });
  const happened = (what: Happening) => {
    const step = advance(state, what);
    state = step.state;
    for (const shown of step.told) clients.send("hub_state", hubStateData(deps, { ...shown }));
  };
  const announcer = createAnnouncer({ ...deps, clients, isReady: () => state === "ready" });
  const ready = events.subscribe({ types: ["hub.ready"] }, () => {
    // A server that hangs must not keep the clients from the others.
    void servers.settle("all", settlePatienceMs).then(() => happened("servers_settled"));
  });
  const routes = [
    ...hubRoutes({ ...deps, clients, hubState: () => state, happened }),
    ...serverRoutes(deps, announcer),
    ...callRoutes(deps),
    ...authorizeRoutes(deps, announcer),
  ];
  return {
    routes: routes.map((route) => mcpHubRoute(route, deps)),
    stop() {
      happened("stop");
      clients.end();
    },
    [Symbol.dispose]() {
      ready[Symbol.dispose]();
      announcer[Symbol.dispose]();
    },
  };
}
