import { mergeLatency, type Latency } from "./latency.ts";

/** What is known of a tool from its calls. */
export interface ToolRecord {
  readonly source: string;
  calls: number;
  /** Those that did not end well, be it the tool's own failure or the hub's. */
  errors: number;
  readonly latency: Latency;
  /** Results that came, and their characters. */
  results: number;
  resultChars: number;
  largestResult: number;
  readonly firstUsedAt: number;
  lastUsedAt: number;
}

export const emptyRecord = (source: string, at: number): ToolRecord => ({
  source,
  calls: 0,
  errors: 0,
  latency: new Map(),
  results: 0,
  resultChars: 0,
  largestResult: 0,
  firstUsedAt: at,
  lastUsedAt: at,
});

/** What both say together. */
export function addRecords(one: ToolRecord | undefined, other: ToolRecord): ToolRecord {
  if (!one) return other;
  const latency: Latency = new Map(one.latency);
  mergeLatency(latency, other.latency);
  return {
    source: other.source,
    calls: one.calls + other.calls,
    errors: one.errors + other.errors,
    latency,
    results: one.results + other.results,
    resultChars: one.resultChars + other.resultChars,
    largestResult: Math.max(one.largestResult, other.largestResult),
    firstUsedAt: Math.min(one.firstUsedAt, other.firstUsedAt),
    lastUsedAt: Math.max(one.lastUsedAt, other.lastUsedAt),
  };
}
