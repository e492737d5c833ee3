import { serveMcp, type McpListener, type ServeMcpOptions } from "../../support/serve-mcp.ts";
import { createNewTaskServer, keepTasks } from "../../support/new-task-server.ts";
import { createEverythingServer } from "./server.ts";
import { createEverythingState } from "./state.ts";
import { taskTools } from "./task-tools.ts";

/** Serves the everything server on loopback, to clients of every revision unless it is told to be an older one. */
export function serveEverythingHttp(options: Pick<ServeMcpOptions, "port" | "legacyOnly">): McpListener {
  const state = createEverythingState();
  return serveMcp({ ...options, createServer: () => createEverythingServer(state), changes: state.changes });
}

/** Serves what the suite asks of a server with the tasks extension. */
export function serveTasksHttp({ port }: Pick<ServeMcpOptions, "port">): McpListener {
  const { changes } = createEverythingState();
  const kept = keepTasks();
  return serveMcp({ port, createServer: () => createNewTaskServer(taskTools, kept), changes });
}
