import { serveMcp, type McpListener, type ServeMcpOptions } from "../../support/serve-mcp.ts";
import { createEverythingServer } from "./server.ts";
import { createEverythingState } from "./state.ts";

/** Serves the everything server on loopback, to clients of every revision unless it is told to be an older one. */
export function serveEverythingHttp(options: Pick<ServeMcpOptions, "port" | "legacyOnly">): McpListener {
  const state = createEverythingState();
  return serveMcp({ ...options, createServer: () => createEverythingServer(state), changes: state.changes });
}
