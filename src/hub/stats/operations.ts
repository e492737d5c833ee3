import { z } from "zod";
import { defineOperation, type Context } from "../kernel/operation.ts";
import { pageInput, pageOf } from "../kernel/pagination.ts";
import "./area.ts";
import { StatsSummary, ToolStats } from "./schema.ts";
import { summaryOf, toolStats } from "./tool-stats.ts";
import type { ToolRecords } from "./tool-record-store.ts";

const orders = {
  calls: ({ calls }) => calls,
  errors: ({ errors }) => errors,
  latency: ({ p95Ms }) => p95Ms ?? 0,
  result: ({ resultChars }) => resultChars ?? 0,
  tokens: ({ schemaTokens }) => schemaTokens ?? 0,
  recent: ({ lastUsedAt }) => lastUsedAt ?? 0,
} as const satisfies Record<string, (tool: ToolStats) => number>;

/** The tools a principal may know of, and what was counted of them. */
async function seenBy({ principal, catalog, pipeline, ledger, settle, signal }: Context, source?: string) {
  await settle(source === undefined ? "all" : [source], signal);
  const isAsked = (id: string) => (source === undefined || id === source) && (principal.sources?.includes(id) ?? true);
  const known = catalog.snapshot().tools;
  const offered = known.filter((tool) => isAsked(tool.source.id) && pipeline.mayUse(principal, tool));
  const hidden = new Set(known.map(({ id }) => id)).difference(new Set(offered.map(({ id }) => id)));
  const records = [...(await ledger.read(principal.tenant))].filter(([id, record]) => isAsked(record.source) && !hidden.has(id));
  return { offered, records: new Map(records) as ToolRecords };
}

export const tools = defineOperation({
  summary: "Show what every tool was used for, how long it takes and what it costs to list",
  description: "Counted over restarts and over all hubs that share the store; tools nobody has called are listed too.",
  http: "GET /stats/tools",
  scope: "tools:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({
    source: z.string().optional().describe("Only tools of this source"),
    by: z
      .enum(Object.keys(orders) as (keyof typeof orders)[])
      .default("calls")
      .describe("What comes first: the most of this"),
    ...pageInput,
  }),
  output: pageOf(ToolStats),
  async run({ source, by, limit, cursor }, context) {
    const { offered, records } = await seenBy(context, source);
    const order = orders[by];
    const all = toolStats(offered, records).toSorted((a, b) => order(b) - order(a) || (a.id < b.id ? -1 : 1));
    const from = cursor === undefined ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
    const items = all.slice(from, from + limit);
    return { items, ...(from + limit < all.length && { nextCursor: items.at(-1)?.id }) };
  },
});

export const summary = defineOperation({
  summary: "Show all tool calls together, and what it costs to list the tools",
  description: "Counted over restarts and over all hubs that share the store.",
  http: "GET /stats",
  scope: "tools:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({}),
  output: StatsSummary,
  async run(_, context) {
    const { offered, records } = await seenBy(context);
    let callsRunning = 0;
    for (const count of context.pipeline.running().values()) callsRunning += count;
    return { ...summaryOf(offered, records), callsRunning };
  },
});
