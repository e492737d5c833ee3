import { capabilityFilter } from "../config/capability-filter.ts";
import { fingerprint } from "../config/diff.ts";
import { expandServer, type ExpandContext } from "../config/interpolate.ts";
import type { Config } from "../config/layers.ts";
import type { Log } from "../kernel/log.ts";
import type { Endpoint, ServerEntry } from "../servers/endpoint.ts";

export interface EntryContext extends Omit<ExpandContext, "inputs"> {
  readonly log: Log;
  /** Granted to every server, whatever its own `allowEnv` says. */
  readonly allowEnv?: readonly string[];
}

/** The configuration's servers in the form that the servers area takes. */
export function serverEntries(config: Config, { log, allowEnv = [], ...context }: EntryContext): ServerEntry[] {
  return [...config.servers.values()].map((server) => ({
    name: server.name,
    title: server.title,
    description: server.description,
    disabled: server.disabled,
    configSource: server.configSource,
    transport: server.kind === "stdio" ? "stdio" : (server.transport ?? "http"),
    ...(server.kind === "stdio" ? { command: [server.command, ...server.args] } : { url: server.url }),
    fingerprint: fingerprint(server),
    ...(server.kind === "stdio" && server.dev?.enabled && { dev: { cwd: server.dev.cwd, watch: server.dev.watch } }),
    startTimeoutMs: server.startTimeoutMs ?? config.hub.startTimeoutMs,
    callTimeoutMs: server.timeoutMs ?? config.hub.callTimeoutMs,
    filter: capabilityFilter(server),
    endpoint: async () => {
      const expanded = await expandServer(server, { ...context, inputs: config.inputs });
      for (const warning of expanded.warnings) log.warn(warning, { server: server.name });
      return endpointOf(expanded, allowEnv);
    },
  }));
}

function endpointOf(expanded: Awaited<ReturnType<typeof expandServer>>, granted: readonly string[]): Endpoint {
  if (expanded.kind === "remote") return expanded;
  const { command, args, env, cwd, allowEnv } = expanded;
  return { kind: "stdio", argv: [command, ...args], env, cwd, allowEnv: [...allowEnv, ...granted] };
}
