import { spanKinds, type Attributes, type FinishedSpan } from "./span.ts";

export interface Origin {
  /** What the spans are of. */
  readonly resource: Attributes;
  readonly version: string;
}

const statusError = 2;

/**
 * Spans as OTLP writes them in JSON: ids in hexadecimal, 64-bit numbers as text.
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export const otlpJson = (spans: readonly FinishedSpan[], { resource, version }: Origin): string =>
  JSON.stringify({
    resourceSpans: [
      { resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope: { name: "hubctl", version }, spans: spans.map(spanJson) }] },
    ],
  });

const spanJson = ({ context, parentId, name, kind, from, to, attributes, links, failure }: FinishedSpan) => ({
  traceId: context.traceId,
  spanId: context.spanId,
  traceState: context.state,
  parentSpanId: parentId,
  name,
  kind: spanKinds[kind],
  startTimeUnixNano: nanoseconds(from),
  endTimeUnixNano: nanoseconds(Math.max(from, to)),
  attributes: keyValues(attributes),
  links: links.map(({ traceId, spanId, state }) => ({ traceId, spanId, traceState: state })),
  status: failure === undefined ? {} : { code: statusError },
});

/** Whole microseconds, for a double holds no more of today's time. */
const nanoseconds = (ms: number) => `${Math.round(ms * 1000)}000`;

const keyValues = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: anyValue(value) }]));

function anyValue(value: string | number | boolean) {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
