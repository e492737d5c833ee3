import { z } from "zod";

export const HubStatus = z.object({
  name: z.literal("hubctl"),
  version: z.string(),
  pid: z.int(),
  state: z.enum(["starting", "ready", "stopping"]),
  startedAt: z.int().describe("Epoch ms"),
  url: z.string().optional().describe("Where it listens; absent for a hub inside a command"),
  socket: z.string().optional(),
  cwd: z.string(),
  store: z.string().describe("The file or the database that holds everything"),
  log: z.string().optional().describe("Directory of the log files"),
  rssBytes: z.int(),
  servers: z.object({ total: z.int(), ready: z.int(), failed: z.int() }),
  tools: z.int(),
  sessions: z.int(),
  calls: z.object({ total: z.int(), failed: z.int(), p50Ms: z.number().optional(), p95Ms: z.number().optional() }),
});
export type HubStatus = z.infer<typeof HubStatus>;

export const Restarted = z.object({
  pid: z.int().describe("Of the process that serves now"),
  previousPid: z.int(),
  ms: z.int().describe("Until it served; the process before served meanwhile"),
});
export type Restarted = z.infer<typeof Restarted>;
