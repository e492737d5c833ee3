import { z } from "zod";

/** A JSON object whose keys the hub does not know: what a server said goes through unchanged. */
export const Json = z.record(z.string(), z.unknown());

export const ToolId = z.string().min(1).max(512).describe("Tool id, `<source>.<tool>`");

export const ToolSummary = z.object({
  id: z.string().describe("`<source>.<tool>`, as a person types it"),
  wireName: z.string().describe("The name MCP clients see"),
  source: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  annotations: Json.optional(),
  available: z.boolean().describe("False while its source is down or not connected"),
});
export type ToolSummary = z.infer<typeof ToolSummary>;

export const ToolDetail = ToolSummary.extend({
  refusedForMs: z.int().optional().describe("How long its calls are refused yet, because too many in a row went without an answer"),
  inputSchema: Json,
  outputSchema: Json.optional(),
  meta: Json.optional(),
});
export type ToolDetail = z.infer<typeof ToolDetail>;

export const ContentBlock = z.looseObject({ type: z.string() });

/** An MCP CallToolResult: a tool's own failure is a result with `isError`. */
export const ToolResult = z.looseObject({
  content: z.array(ContentBlock).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});
export type ToolResult = z.infer<typeof ToolResult>;

export const ResourceSummary = z.looseObject({ uri: z.string(), name: z.string(), source: z.string() });
export type ResourceSummary = z.infer<typeof ResourceSummary>;

export const ResourceTemplateSummary = z.looseObject({ uriTemplate: z.string(), name: z.string(), source: z.string() });

export const ResourceContents = z.looseObject({ contents: z.array(z.looseObject({ uri: z.string() })) });

export const PromptSummary = z.looseObject({
  id: z.string(),
  wireName: z.string(),
  source: z.string(),
  name: z.string(),
  arguments: z.array(z.looseObject({ name: z.string(), description: z.string().optional(), required: z.boolean().optional() })).optional(),
});
export type PromptSummary = z.infer<typeof PromptSummary>;

export const PromptResult = z.looseObject({ messages: z.array(z.looseObject({ role: z.string() })) });
