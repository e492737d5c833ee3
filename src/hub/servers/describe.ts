import type { Supervisor } from "./supervisor.ts";
import type { ServerDetail, ServerSummary } from "./schema.ts";

/** A server as lists show it. */
export function summarize(server: Supervisor): ServerSummary {
  const { entry, status, capabilities } = server;
  return {
    name: entry.name,
    title: entry.title,
    description: entry.description,
    transport: entry.transport,
    state: status.state,
    since: status.since,
    error: status.error,
    hint: status.hint,
    restarts: status.restarts,
    authorizationUrl: status.authorizationUrl,
    nextRetryAt: status.nextRetryAt,
    pid: server.pid,
    serverInfo: capabilities.serverInfo,
    protocolVersion: capabilities.protocolVersion,
    counts: {
      tools: capabilities.tools.length,
      resources: capabilities.resources.length,
      resourceTemplates: capabilities.resourceTemplates.length,
      prompts: capabilities.prompts.length,
    },
    stale: server.stale,
  };
}

/** The same with what only one server's page shows. */
export function detail(server: Supervisor, calls: ServerDetail["calls"]): ServerDetail {
  return {
    ...summarize(server),
    configSource: server.entry.configSource,
    command: server.entry.command && [...server.entry.command],
    url: server.entry.url,
    instructions: server.capabilities.instructions,
    calls,
  };
}
