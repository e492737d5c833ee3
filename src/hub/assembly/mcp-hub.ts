import { redactEntry } from "../config/redact-config.ts";
import type { Config } from "../config/layers.ts";
import { createMcpHubApi, type McpHubApi } from "../gateway/compat/mcp-hub/api.ts";
import type { McpHubDeps, ShownConfig } from "../gateway/compat/mcp-hub/deps.ts";
import type { Authenticate } from "../gateway/rest.ts";
import type { Log } from "../kernel/log.ts";
import { redact } from "../kernel/redact.ts";
import type { LogFeed } from "../log-sinks/log-feed.ts";
import type { Workspaces } from "../workspaces/workspaces.ts";
import type { LiveAreas } from "./areas.ts";
import type { Foundation } from "./foundation.ts";
import type { Invoker } from "./invoker.ts";

export interface McpHubParts {
  readonly foundation: Foundation;
  readonly areas: LiveAreas;
  readonly invoker: Invoker;
  readonly workspaces: Workspaces;
  readonly logFeed: LogFeed;
  readonly log: Log;
  readonly authenticate: Authenticate;
  readonly mcpSessions: McpHubDeps["mcpSessions"];
  readonly port: McpHubDeps["port"];
  readonly leave: McpHubDeps["leave"];
}

/** mcp-hub's door, over the areas of this hub. */
export function openMcpHubApi({ foundation, areas, invoker, ...parts }: McpHubParts): McpHubApi {
  const { runtime, config, bus, policy } = foundation;
  return createMcpHubApi({
    ...parts,
    ...areas,
    clock: runtime.clock,
    random: runtime.random,
    guard: policy,
    invokeAs: (principal) => invoker.as(principal, "rest"),
    events: bus,
    shownConfig: () => shownConfig(config.current()),
    pid: runtime.host.pid,
    version: runtime.env["HUBCTL_MCP_HUB_VERSION"] || config.current().hub.mcpHubVersion,
  });
}

/** A configuration as mcp-hub tells of it; what may be a secret is taken out. */
export function shownConfig({ servers, inputs, other }: Config): ShownConfig {
  const shown = [...servers].map(([name, server]) => {
    const { configSource, ...entry } = redactEntry(server);
    return [
      name,
      {
        ...(server.kind === "stdio" && { args: [] }),
        ...entry,
        type: server.kind === "stdio" ? "stdio" : "sse",
        config_source: configSource,
      },
    ] as const;
  });
  return {
    ...(redact({ ...other, ...(inputs.length > 0 && { inputs }) }) as object),
    mcpServers: Object.fromEntries(shown),
  };
}
