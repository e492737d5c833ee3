/** Where in which trace something happens, as W3C Trace Context writes it: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** The trace is recorded. */
  readonly isSampled: boolean;
  /** What other tracing systems want handed on, unread. */
  readonly state?: string;
}

/** Version ff, ids of zeros, and in version 00 anything behind the flags make it invalid. */
const traceparent = /^(?!ff|00.{54})[0-9a-f]{2}-(?!0+-)([0-9a-f]{32})-(?!0+-)([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
/** What the recommendation asks everybody to be able to hand on. */
const longestState = 512;

/** Reads a `traceparent` and the `tracestate` beside it; undefined where it is none, which begins a new trace. */
export function parseTraceContext(parent: unknown, state?: unknown): TraceContext | undefined {
  if (typeof parent !== "string") return undefined;
  const [, traceId, spanId, flags] = traceparent.exec(parent) ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  const isState = typeof state === "string" && state.length <= longestState && /^[\x20-\x7e]+$/.test(state);
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1, ...(isState && { state }) };
}

export const traceparentOf = ({ traceId, spanId, isSampled }: TraceContext): string => `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
