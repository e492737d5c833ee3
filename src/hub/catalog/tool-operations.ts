import { z } from "zod";
import { HubError } from "../kernel/errors.ts";
import { defineOperation, type Context } from "../kernel/operation.ts";
import { pageInput, pageOf } from "../kernel/pagination.ts";
import "./area.ts";
import type { CatalogTool } from "./catalog.ts";
import { nearest } from "./nearest.ts";
import { pageBy } from "./page.ts";
import { Json, ToolDetail, ToolId, ToolResult, ToolSummary } from "./schema.ts";
import { searchTools } from "./search.ts";

const summarize = ({ id, wireName, source, definition }: CatalogTool): z.input<typeof ToolSummary> => ({
  id,
  wireName,
  source: source.id,
  title: definition.title,
  description: definition.description,
  annotations: definition.annotations,
  available: source.available,
});

const visible = ({ principal, catalog, pipeline }: Context) => catalog.snapshot().tools.filter((tool) => pipeline.mayUse(principal, tool));

export const list = defineOperation({
  summary: "List the tools of all sources",
  http: "GET /tools",
  scope: "tools:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({
    source: z.string().optional().describe("Only tools of this source"),
    all: z.boolean().default(false).describe("Also the tools of providers that are not connected yet"),
    ...pageInput,
  }),
  output: pageOf(ToolSummary),
  async run({ source, all, limit, cursor }, context) {
    await context.settle(source === undefined ? "all" : [source], context.signal);
    const tools = visible(context).filter(
      (tool) => (source === undefined || tool.source.id === source) && (all || tool.source.kind === "server" || tool.source.available),
    );
    return pageBy(tools, { limit, cursor, key: ({ id }) => id, show: summarize });
  },
});

export const show = defineOperation({
  summary: "Show one tool with its input and output schema",
  http: "GET /tools/{id}",
  scope: "tools:read",
  audit: "none",
  positional: ["id"],
  annotations: { readOnlyHint: true },
  input: z.object({ id: ToolId }),
  output: ToolDetail,
  async run({ id }, context) {
    const tool = await find(context, id);
    if (!tool || !context.pipeline.mayUse(context.principal, tool)) throw unknown(context, id);
    const { inputSchema, outputSchema, _meta } = tool.definition;
    const refusedForMs = context.pipeline.refusedForMs(tool);
    return { ...summarize(tool), refusedForMs, inputSchema, outputSchema, meta: _meta as z.input<typeof Json> | undefined };
  },
});

/** The source, or sources, that an id may belong to. */
const sourcesOf = ({ catalog }: Context, id: string) => catalog.sources().filter((source) => id.startsWith(`${source.id}.`));

/** Waits for the source that the id names; for all of them only where there is none, to say what may have been meant. */
async function find(context: Context, id: string): Promise<CatalogTool | undefined> {
  const named = sourcesOf(context, id).map((source) => source.id);
  await context.settle(named.length > 0 ? named : "all", context.signal);
  return context.catalog.tool(id);
}

function unknown(context: Context, id: string): HubError {
  const silent = sourcesOf(context, id).find((source) => !source.available && source.tools.length === 0);
  if (silent && context.pipeline.mayRead(context.principal, silent))
    return new HubError("UPSTREAM_UNAVAILABLE", `${silent.id} is not ready, and what tools it has is not known yet`, {
      hint: `Look at \`hubctl servers get ${silent.id}\``,
    });
  const near = nearest(
    visible(context).map((tool) => tool.id),
    id,
  );
  const hint = near.length > 0 ? `Did you mean ${near.join(", ")}?` : "Look for it with `hubctl tools search`";
  return new HubError("NOT_FOUND", `There is no tool ${id}`, { hint, details: { near } });
}

export const search = defineOperation({
  summary: "Find tools by words in their name and description, best first",
  http: "GET /tools/search",
  scope: "tools:read",
  audit: "none",
  positional: ["query"],
  annotations: { readOnlyHint: true },
  input: z.object({
    query: z.string().min(1).describe("Words to look for"),
    limit: z.int().min(1).max(100).default(20).describe("Most tools to return"),
  }),
  output: pageOf(ToolSummary),
  async run({ query, limit }, context) {
    await context.settle("all", context.signal);
    return { items: searchTools(visible(context), query, limit).map(summarize) };
  },
});

export const call = defineOperation({
  summary: "Call a tool",
  description: "Runs the call pipeline. A tool's own failure is a result with `isError`; the hub's is an error.",
  http: "POST /tools/{id}/call",
  scope: "tools:call",
  audit: "none",
  positional: ["id"],
  annotations: { destructiveHint: true },
  input: z.object({
    id: ToolId,
    arguments: Json.default({}).describe("The tool's arguments, by its input schema"),
    timeoutMs: z.int().min(1).optional().describe("How long to wait for the result, ms"),
  }),
  output: ToolResult,
  async run({ id, arguments: args, timeoutMs }, context) {
    const { pipeline, principal, signal, progress, door } = context;
    return (await pipeline.callTool(id, args, { principal, door, signal, timeoutMs, onProgress: progress })) as z.input<typeof ToolResult>;
  },
});
