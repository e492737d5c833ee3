import { z } from "zod";

const Time = z.int().describe("Epoch milliseconds");
const Ms = z.number().describe("Milliseconds, at most a tenth off");

export const ToolStats = z.object({
  id: z.string().describe("`<source>.<tool>`"),
  source: z.string(),
  offered: z.boolean().describe("False of a tool that was used, but that no source has any more"),
  calls: z.int(),
  errors: z.int().describe("Calls that did not end well, be it the tool's own failure or the hub's"),
  p50Ms: Ms.optional(),
  p95Ms: Ms.optional(),
  resultChars: z.int().optional().describe("Characters of its results' strings and keys, on average"),
  largestResult: z.int().optional().describe("The same of its largest result"),
  schemaTokens: z.int().optional().describe("About how many tokens listing it costs a client"),
  firstUsedAt: Time.optional(),
  lastUsedAt: Time.optional(),
});
export type ToolStats = z.infer<typeof ToolStats>;

export const StatsSummary = z.object({
  since: Time.optional().describe("The first call that was counted, epoch milliseconds"),
  calls: z.int().describe("Tool calls over all hubs that share the store"),
  errors: z.int(),
  p50Ms: Ms.optional(),
  p95Ms: Ms.optional(),
  callsRunning: z.int().describe("Calls under way in this hub"),
  toolsOffered: z.int(),
  toolsUsed: z.int().describe("Those of them that somebody has called"),
  schemaTokens: z.int().describe("About how many tokens it costs a client to list all tools"),
  unusedTokens: z.int().describe("How many of them are for tools nobody has called"),
});
export type StatsSummary = z.infer<typeof StatsSummary>;
