import { docsRoutes } from "../gateway/docs-pages.ts";
import { eventStreamRoute } from "../gateway/event-stream.ts";
import { healthRoutes } from "../gateway/health.ts";
import type { McpHubApi } from "../gateway/compat/mcp-hub/api.ts";
import { createEndpoint, type Endpoint } from "../gateway/mcp/endpoint.ts";
import { openApiRoute } from "../gateway/openapi.ts";
import { restRoutes, type Authenticate } from "../gateway/rest.ts";
import type { Route } from "../gateway/routes.ts";
import { version } from "../kernel/version.ts";
import type { LogFeed } from "../log-sinks/log-feed.ts";
import type { Marketplace } from "../marketplace/marketplace.ts";
import type { HubMetrics } from "../metrics/hub-metrics.ts";
import { operations } from "../operations.ts";
import { callbackRoutes } from "../server-auth/callback-routes.ts";
import type { Workspaces } from "../workspaces/workspaces.ts";
import type { LiveAreas } from "./areas.ts";
import type { Foundation } from "./foundation.ts";
import type { Invoker } from "./invoker.ts";
import { openMcpHubApi } from "./mcp-hub.ts";
import { marketplaceRoutes } from "./marketplace-routes.ts";

export interface DoorOptions {
  readonly foundation: Foundation;
  readonly areas: LiveAreas;
  readonly marketplace: Marketplace;
  readonly workspaces: Workspaces;
  readonly invoker: Invoker;
  readonly metrics: HubMetrics;
  readonly logFeed: LogFeed;
  readonly state: () => "starting" | "ready" | "stopping";
  /** Where browsers find the hub. */
  readonly baseUrl: () => string;
  readonly authenticate: Authenticate;
  readonly port: () => number;
  /** Lets go of the port, and asks for the end of the hub. */
  readonly leave: () => void;
}

/** Everything that answers requests. */
export interface Doors {
  readonly routes: readonly Route[];
  readonly endpoint: Endpoint;
  readonly mcpHub: McpHubApi;
}

const idleSessionMs = 60 * 60_000;

/** Every HTTP door: MCP, REST, events, docs, health, and those of other programs. */
export function openDoors(options: DoorOptions): Doors {
  const { foundation, areas, invoker, metrics, marketplace, state, authenticate, baseUrl } = options;
  const { runtime, config, policy, bus } = foundation;
  const { clock, random } = runtime;
  const log = foundation.log.area("gateway");
  const common = { authenticate, clock, log, guard: policy };
  const endpoint = createEndpoint({
    ...areas,
    clock,
    random,
    version,
    maxSessions: config.current().hub.maxSessions,
    idleMs: idleSessionMs,
    authenticate,
    declared: (name) => areas.servers.find(name)?.capabilities.declared,
  });
  const mcpHub = openMcpHubApi({ ...options, log, mcpSessions: () => endpoint.sessions().http + endpoint.sessions().sse });
  const routes = [
    ...endpoint.routes,
    ...mcpHub.routes,
    ...restRoutes({
      ...common,
      router: operations,
      contextFor: (_, { principal, signal, progress }) => invoker.context(principal, "rest", { signal, onProgress: progress }),
    }),
    eventStreamRoute({ ...common, events: bus }),
    ...docsRoutes(random),
    ...callbackRoutes({
      serverAuth: areas.serverAuth,
      random,
      log,
      baseUrl,
      clientMetadataUrl: () => config.current().hub.clientMetadataUrl,
    }),
    ...marketplaceRoutes(marketplace, common),
    openApiRoute(operations, { title: "hubctl", version }),
    ...healthRoutes({ version, clock, state, metrics: { exposition: metrics.exposition, authenticate, guard: policy } }),
  ];
  return { routes, endpoint, mcpHub };
}
