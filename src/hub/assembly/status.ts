import type { HubStatus } from "../status/schema.ts";
import { version } from "../kernel/version.ts";
import { serverStates, type ServerState } from "../servers/schema.ts";
import type { Servers } from "../servers/servers.ts";
import type { LiveAreas } from "./areas.ts";
import type { Foundation } from "./foundation.ts";
import type { Gateway } from "./gateway.ts";

export interface StatusParts {
  readonly foundation: Foundation;
  readonly areas: LiveAreas;
  readonly gateway: Gateway | undefined;
  readonly state: HubStatus["state"];
  readonly startedAt: number;
}

/** The hub at one moment. */
export function statusOf({ foundation, areas, gateway, state, startedAt }: StatusParts): HubStatus {
  const { runtime, cwd, location, paths } = foundation;
  const servers = areas.servers.all();
  const sessions = gateway?.sessions();
  const inState = (...states: readonly string[]) => servers.filter(({ status }) => states.includes(status.state)).length;
  return {
    name: "hubctl",
    version,
    pid: runtime.host.pid,
    state,
    startedAt,
    url: gateway?.listener.url,
    socket: gateway?.listener.socket,
    cwd,
    store: location.replace(/\/\/[^@/]*@/, "//[redacted]@"),
    log: `${paths.state}/logs`,
    rssBytes: runtime.host.rss(),
    servers: { total: servers.length, ready: inState("ready"), failed: inState("failed", "backing_off", "degraded") },
    tools: areas.catalog.snapshot().tools.length,
    sessions: sessions ? sessions.http + sessions.sse : 0,
    calls: areas.stats.all(),
  };
}

/** How many servers are in each state, the states of none included. */
export function countStates(servers: Servers): Record<ServerState, number> {
  const counts = Object.fromEntries(serverStates.map((state) => [state, 0])) as Record<ServerState, number>;
  for (const { status } of servers.all()) counts[status.state] += 1;
  return counts;
}
