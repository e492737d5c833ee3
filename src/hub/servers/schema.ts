import { z } from "zod";

export const serverStates = ["stopped", "starting", "authorizing", "ready", "degraded", "backing_off", "failed", "disabled"] as const;
export type ServerState = (typeof serverStates)[number];

/** What a server may offer lists of. */
export const listNames = ["tools", "resources", "resourceTemplates", "prompts"] as const;

export const ServerName = z.string().min(1).max(128).describe("Server name, as in the configuration");

export const ServerSummary = z.object({
  name: z.string(),
  title: z.string().describe("Display name"),
  description: z.string(),
  transport: z.enum(["stdio", "http", "sse"]),
  state: z.enum(serverStates),
  since: z.int().describe("Epoch ms of the last change of state"),
  error: z.string().optional().describe("Why it is failed, degraded or backing off, with the telling line of its stderr"),
  hint: z.string().optional().describe("What to do about the error"),
  restarts: z.int().describe("Restarts since it last worked"),
  authorizationUrl: z.string().optional().describe("Where a person signs in, when the server wants that"),
  nextRetryAt: z.int().optional().describe("Epoch ms of the next attempt while backing off"),
  pid: z.int().optional(),
  serverInfo: z.object({ name: z.string(), version: z.string(), title: z.string().optional() }).optional(),
  protocolVersion: z.string().optional(),
  counts: z.object({ tools: z.int(), resources: z.int(), resourceTemplates: z.int(), prompts: z.int() }),
  stale: z.boolean().describe("The lists are those of an earlier connection"),
});
export type ServerSummary = z.infer<typeof ServerSummary>;

export const ServerDetail = ServerSummary.extend({
  configSource: z.string().describe("The file this server is declared in"),
  command: z.array(z.string()).optional().describe("argv as declared, placeholders not expanded"),
  url: z.string().optional(),
  instructions: z.string().optional(),
  calls: z.object({ total: z.int(), failed: z.int(), p50Ms: z.number().optional(), p95Ms: z.number().optional() }),
});
export type ServerDetail = z.infer<typeof ServerDetail>;

export const ServerLogLine = z.object({ at: z.int(), stream: z.enum(["stderr", "hub", "stdout"]), text: z.string() });
export type ServerLogLine = z.infer<typeof ServerLogLine>;
