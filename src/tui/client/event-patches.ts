import type { HubEvent } from "#hub/kernel/event.ts";
import type { ServerState, ServerSummary } from "#hub/servers/schema.ts";
import type { OperationName, Operations } from "./operations.ts";

/** What an event changes in an answer already on screen, so that a state shows at once and not after a refetch. */
export function patchFor(name: OperationName, data: unknown, event: HubEvent): unknown {
  if (data === undefined || event.type !== "servers.state_changed") return undefined;
  const change = event.data as { readonly name: string; readonly to: ServerState; readonly error?: string; readonly nextRetryAt?: number };
  const patched = <T extends ServerSummary>(server: T): T => ({
    ...server,
    state: change.to,
    since: event.at,
    error: change.error,
    nextRetryAt: change.nextRetryAt,
  });
  if (name === "servers.get") {
    const server = data as Operations["servers.get"]["output"];
    return server.name === change.name ? patched(server) : undefined;
  }
  if (name !== "servers.list") return undefined;
  const { items } = data as Operations["servers.list"]["output"];
  const at = items.findIndex((server) => server.name === change.name);
  return at === -1 ? undefined : { items: items.with(at, patched(items[at]!)) };
}
