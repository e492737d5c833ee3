import type { CatalogTool } from "../catalog/catalog.ts";
import { mergeLatency, quantile, type Latency } from "./latency.ts";
import { isListed, schemaTokens } from "./schema-tokens.ts";
import type { StatsSummary, ToolStats } from "./schema.ts";
import type { ToolRecord } from "./tool-record.ts";
import type { ToolRecords } from "./tool-record-store.ts";

/** Every tool that clients are shown or that was used. */
export function toolStats(offered: readonly CatalogTool[], records: ToolRecords): ToolStats[] {
  const ids = new Set(offered.map(({ id }) => id));
  return [
    ...offered
      .filter((tool) => isListed(tool) || records.has(tool.id))
      .map((tool) => ({
        id: tool.id,
        source: tool.source.id,
        offered: true,
        ...figures(records.get(tool.id)),
        ...(isListed(tool) && { schemaTokens: schemaTokens(tool) }),
      })),
    ...[...records].flatMap(([id, record]) => (ids.has(id) ? [] : [{ id, source: record.source, offered: false, ...figures(record) }])),
  ];
}

function figures(record: ToolRecord | undefined) {
  if (!record) return { calls: 0, errors: 0 };
  const { calls, errors, latency, results, resultChars, largestResult, firstUsedAt, lastUsedAt } = record;
  return {
    calls,
    errors,
    p50Ms: quantile(latency, 0.5),
    p95Ms: quantile(latency, 0.95),
    ...(results > 0 && { resultChars: Math.round(resultChars / results), largestResult }),
    firstUsedAt,
    lastUsedAt,
  };
}

/** All tools together. */
export function summaryOf(all: readonly CatalogTool[], records: ToolRecords): Omit<StatsSummary, "callsRunning"> {
  const latency: Latency = new Map();
  let [calls, errors, since] = [0, 0, Infinity];
  for (const record of records.values()) {
    calls += record.calls;
    errors += record.errors;
    since = Math.min(since, record.firstUsedAt);
    mergeLatency(latency, record.latency);
  }
  const tokens = (tools: readonly CatalogTool[]) => tools.reduce((sum, tool) => sum + schemaTokens(tool), 0);
  const offered = all.filter(isListed);
  const unused = offered.filter(({ id }) => !records.has(id));
  return {
    ...(calls > 0 && { since }),
    calls,
    errors,
    p50Ms: quantile(latency, 0.5),
    p95Ms: quantile(latency, 0.95),
    toolsOffered: offered.length,
    toolsUsed: offered.length - unused.length,
    schemaTokens: tokens(offered),
    unusedTokens: tokens(unused),
  };
}
