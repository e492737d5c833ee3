import { z } from "zod";
import { defineOperation } from "../kernel/operation.ts";
import "./area.ts";
import { WorkspaceSummary, type WorkspaceEntry } from "./schema.ts";

export const list = defineOperation({
  summary: "List the running hubs of this user",
  http: "GET /workspaces",
  scope: "hub:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({}),
  output: z.object({ items: z.array(WorkspaceSummary) }),
  async run(_, { workspaces }) {
    const entries = Object.values(await workspaces.entries());
    return { items: entries.toSorted((a, b) => a.port - b.port).map((entry) => summarize(entry, workspaces.current())) };
  },
});

const summarize = (entry: WorkspaceEntry, current: number | undefined): WorkspaceSummary => ({
  port: entry.port,
  cwd: entry.cwd,
  configFiles: entry.config_files,
  pid: entry.pid,
  startedAt: entry.startTime,
  state: entry.state,
  activeConnections: entry.activeConnections,
  shutdownStartedAt: entry.shutdownStartedAt ?? undefined,
  shutdownDelayMs: entry.shutdownDelay ?? undefined,
  current: entry.port === current,
});
