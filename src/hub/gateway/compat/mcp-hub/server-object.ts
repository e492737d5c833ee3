import type { ServerState } from "../../../servers/schema.ts";

/** What this door reads of a server behind the hub. */
export interface ServerView {
  readonly entry: {
    readonly name: string;
    readonly title: string;
    readonly description: string;
    readonly transport: "stdio" | "http" | "sse";
    /** As it was given on the command line: clients compare it as a text. */
    readonly configSource: string;
  };
  readonly status: {
    readonly state: ServerState;
    /** Epoch ms. */
    readonly since: number;
    readonly error?: string;
    readonly authorizationUrl?: string;
  };
  /** The lists are those of an earlier connection. */
  readonly stale: boolean;
  readonly capabilities: {
    readonly serverInfo?: object;
    readonly tools: readonly { readonly name: string }[];
    readonly resources: readonly object[];
    readonly resourceTemplates: readonly object[];
    readonly prompts: readonly { readonly name: string }[];
  };
}

export type Status = "connected" | "connecting" | "disconnected" | "unauthorized" | "disabled";

const statuses: Readonly<Record<ServerState, Status>> = {
  stopped: "disconnected",
  starting: "connecting",
  authorizing: "unauthorized",
  ready: "connected",
  degraded: "connected",
  backing_off: "disconnected",
  failed: "disconnected",
  disabled: "disabled",
};

/** mcp-hub's word for the state of a server. */
export const statusOf = ({ status }: Pick<ServerView, "status">): Status => statuses[status.state];

export interface ServerObject {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly transportType: "stdio" | "sse";
  readonly status: Status;
  readonly error: string | null;
  readonly capabilities: Pick<ServerView["capabilities"], "tools" | "resources" | "resourceTemplates" | "prompts">;
  /** Whole seconds. */
  readonly uptime: number;
  readonly lastStarted: string | null;
  readonly authorizationUrl: string | null;
  readonly serverInfo: object | null;
  readonly config_source: string;
}

/** Whether it was started and is not connected yet. */
export const isOnItsWay = (status: Status) => status === "connecting" || status === "unauthorized";

const nothing = { tools: [], resources: [], resourceTemplates: [], prompts: [] };

/**
 * A server as mcp-hub shows it. The lists are unfiltered, for the clients that read them filter by themselves and show what
 * is switched off; all four are always there, and empty unless it is connected.
 */
export function serverObject(server: ServerView, now: number): ServerObject {
  const { entry, status, capabilities } = server;
  const shown = statusOf(server);
  const isConnected = shown === "connected" && !server.stale;
  const { tools, resources, resourceTemplates, prompts } = isConnected ? capabilities : nothing;
  const counts = isConnected || shown === "disabled";
  return {
    name: entry.name,
    displayName: entry.title,
    description: entry.description,
    transportType: entry.transport === "stdio" ? "stdio" : "sse",
    status: shown,
    error: status.error ?? null,
    capabilities: { tools, resources, resourceTemplates, prompts },
    uptime: counts ? Math.max(0, Math.floor((now - status.since) / 1000)) : 0,
    lastStarted: counts || isOnItsWay(shown) ? new Date(status.since).toISOString() : null,
    authorizationUrl: status.authorizationUrl ?? null,
    serverInfo: (isConnected && capabilities.serverInfo) || null,
    config_source: entry.configSource,
  };
}
