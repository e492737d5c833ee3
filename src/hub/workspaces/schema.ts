import { z } from "zod";

/** One hub in `workspaces.json`, in the form that mcp-hub and its clients write and read; other versions may write less. */
export const WorkspaceEntry = z.looseObject({
  cwd: z.string().catch(""),
  /** As they were given: clients compare them as texts. */
  config_files: z.array(z.string()).catch([]),
  pid: z.int(),
  port: z.int(),
  startTime: z.string().catch(""),
  state: z.enum(["active", "shutting_down"]).catch("active"),
  activeConnections: z.int().catch(0),
  shutdownStartedAt: z.string().nullable().catch(null),
  /** Milliseconds. */
  shutdownDelay: z.number().nullable().catch(null),
});
export type WorkspaceEntry = z.infer<typeof WorkspaceEntry>;

/** All hubs of this user, by port. */
export type WorkspaceEntries = Readonly<Record<string, WorkspaceEntry>>;

export const WorkspaceSummary = z.object({
  port: z.int(),
  cwd: z.string().describe("The directory the hub was started in"),
  configFiles: z.array(z.string()).describe("As they were given"),
  pid: z.int(),
  startedAt: z.string(),
  state: z.enum(["active", "shutting_down"]),
  activeConnections: z.int().describe("Clients that follow its events"),
  shutdownStartedAt: z.string().optional().describe("Since when nobody is connected and it waits to stop"),
  shutdownDelayMs: z.number().optional().describe("How long it waits"),
  current: z.boolean().describe("The hub that answers"),
});
export type WorkspaceSummary = z.infer<typeof WorkspaceSummary>;
