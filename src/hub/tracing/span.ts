import type { TraceContext } from "./trace-context.ts";

/** OTLP's numbers: https://github.com/open-telemetry/opentelemetry-proto, trace.proto */
export const spanKinds = { internal: 1, server: 2, client: 3 } as const;
export type SpanKind = keyof typeof spanKinds;

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A piece of work that has ended, as it is sent. */
export interface FinishedSpan {
  readonly context: TraceContext;
  readonly parentId?: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** Epoch milliseconds, with a fraction. */
  readonly from: number;
  readonly to: number;
  readonly attributes: Attributes;
  /** Other traces it also belongs to. */
  readonly links: readonly TraceContext[];
  readonly failure?: string;
}

/** A piece of work under way. */
export interface Span {
  readonly context: TraceContext;
  readonly isOpen: boolean;
  rename(name: string): void;
  set(attributes: Attributes): void;
  /** Marks it as failed, with a short name for the kind of failure and never with what was said. */
  fail(type: string): void;
}
