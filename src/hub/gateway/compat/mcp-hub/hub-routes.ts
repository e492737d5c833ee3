import { HubError } from "../../../kernel/errors.ts";
import type { McpHubDeps } from "./deps.ts";
import type { EventClients } from "./event-clients.ts";
import { refusal } from "./refusal.ts";
import type { Happening, HubState } from "./lifecycle.ts";
import type { McpHubRoute } from "./route.ts";
import { serverObject } from "./server-object.ts";

export interface HubRoutesDeps extends McpHubDeps {
  readonly clients: EventClients;
  readonly hubState: () => HubState;
  readonly happened: (what: Happening) => void;
}

/** The hub itself: how it is, and starting it anew. */
export function hubRoutes(deps: HubRoutesDeps): McpHubRoute[] {
  const { clients, workspaces, happened, invokeAs, leave } = deps;
  return [
    { method: "GET", path: "/api/health", scope: "servers:read", code: "HEALTH_CHECK_ERROR", run: () => health(deps) },
    {
      method: "GET",
      path: "/api/workspaces",
      scope: "hub:read",
      code: "WORKSPACE_ERROR",
      run: async () => ({ workspaces: await workspaces.entries() }),
    },
    {
      method: "POST",
      path: "/api/restart",
      scope: "servers:write",
      code: "HUB_RESTART_ERROR",
      run: async ({ principal, request }) => {
        const invoke = invokeAs(principal);
        happened("restart");
        try {
          await invoke("config.reload", {}, { signal: request.signal }).catch((cause: unknown) => {
            throw configRefused(cause);
          });
          await invoke("servers.reconnect", {}, { signal: request.signal });
        } catch (cause) {
          happened("restart_failed");
          throw cause;
        }
        happened("restarted");
        return { status: "ok" };
      },
    },
    {
      method: "POST",
      path: "/api/hard-restart",
      scope: "hub:admin",
      code: "HUB_HARD_RESTART_ERROR",
      run: () => {
        happened("hard_restart");
        leave();
        return { status: "ok" };
      },
    },
    {
      method: "GET",
      path: "/api/events",
      scope: "events:read",
      code: "SSE_SETUP_ERROR",
      run: ({ exchange, request }) => {
        if (request.method === "HEAD") return new Response(null, { headers: { "content-type": "text/event-stream" } });
        return clients.open(exchange, (send) => send("hub_state", hubStateData(deps, { state: deps.hubState() })));
      },
    },
  ];
}

/** The first of what is wrong; the values there are not said, for they may be secrets. */
function configRefused(cause: unknown): HubError {
  const { message, details } = HubError.from(cause);
  const [issue] = (details?.["issues"] ?? []) as readonly { readonly file: string; readonly message: string }[];
  return refusal("CONFIG_ERROR", message, issue && { configPath: issue.file, error: issue.message });
}

/** What `hub_state` says beside the state. */
export const hubStateData = ({ pid, port }: Pick<McpHubDeps, "pid" | "port">, shown: object): Record<string, unknown> => ({
  ...shown,
  server_id: "mcp-hub",
  pid,
  port: port(),
});

async function health({
  servers,
  clock,
  clients,
  catalog,
  workspaces,
  mcpSessions,
  version,
  hubState,
  port,
}: HubRoutesDeps): Promise<object> {
  const connections = clients.summaries();
  const { tools, prompts, resources } = catalog.snapshot();
  const isOffered = ({ source }: { readonly source: { readonly kind: string; readonly available: boolean } }) =>
    source.kind === "server" && source.available;
  const count = (entries: Parameters<typeof isOffered>[0][]) => entries.filter(isOffered).length;
  const registeredCapabilities = {
    tools: count([...tools]),
    resources: count([...resources.resources]),
    resourceTemplates: count([...resources.templates]),
    prompts: count([...prompts]),
  };
  return {
    status: "ok",
    state: hubState(),
    server_id: "mcp-hub",
    version,
    activeClients: connections.length,
    servers: servers.all().map((server) => serverObject(server, clock.now())),
    connections: { totalConnections: connections.length, connections },
    mcpEndpoint: {
      activeClients: mcpSessions(),
      registeredCapabilities,
      totalCapabilities: Object.values(registeredCapabilities).reduce((sum, each) => sum + each, 0),
    },
    workspaces: { current: String(workspaces.current() ?? port()), allActive: await workspaces.entries() },
  };
}
