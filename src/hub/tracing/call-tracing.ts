import { TRACEPARENT_META_KEY, TRACESTATE_META_KEY } from "@modelcontextprotocol/server";
import type { CallTracing, Result, TracedCall } from "../catalog/call.ts";
import type { Attributes, Span } from "./span.ts";
import { parseTraceContext, traceparentOf, type TraceContext } from "./trace-context.ts";
import type { Tracer } from "./tracer.ts";

/**
 * The spans of a call, named by OpenTelemetry's conventions for MCP, and the trace context in `_meta` (SEP-414).
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/ Arguments, results and URIs stay out of them: they hold what is private.
 */
export const createCallTracing = (tracer: Tracer): CallTracing => ({
  call(traced, work) {
    const remote = remoteContext(traced.meta);
    const kind = remote ? "server" : "internal";
    return tracer.run(
      { name: nameOf(traced, traced.target), kind, remote, attributes: attributesOf(traced, traced.target) },
      async (span) => judged(span, await work()),
    );
  },
  request(traced, params, send) {
    const isAway = traced.source.kind === "server";
    const own = typeof params["name"] === "string" ? params["name"] : "";
    return tracer.run(
      { name: nameOf(traced, own), kind: isAway ? "client" : "internal", attributes: attributesOf(traced, own) },
      async (span) => judged(span, await send(isAway ? continued(params, span.context) : params)),
    );
  },
});

const nameOf = ({ kind, method }: TracedCall, target: string) => (kind === "tool" || kind === "prompt" ? `${method} ${target}` : method);

const attributesOf = ({ kind, method, source, door }: TracedCall, target: string): Attributes => ({
  "mcp.method.name": method,
  "gen_ai.operation.name": kind === "tool" ? "execute_tool" : undefined,
  "gen_ai.tool.name": kind === "tool" ? target : undefined,
  "gen_ai.prompt.name": kind === "prompt" ? target : undefined,
  "hubctl.source": source.id,
  "hubctl.door": door,
});

/** A tool's own failure is a result, and still no success. */
function judged(span: Span, result: Result): Result {
  if (result["isError"] === true) span.fail("tool_error");
  return result;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const remoteContext = (meta: unknown): TraceContext | undefined =>
  isObject(meta) ? parseTraceContext(meta[TRACEPARENT_META_KEY], meta[TRACESTATE_META_KEY]) : undefined;

/** The same parameters, in the trace that goes on here; baggage belongs to the context that came, and goes where it goes. */
function continued(params: Result, context: TraceContext): Result {
  const { [TRACEPARENT_META_KEY]: _parent, [TRACESTATE_META_KEY]: _state, ...meta } = isObject(params["_meta"]) ? params["_meta"] : {};
  const trace = {
    [TRACEPARENT_META_KEY]: traceparentOf(context),
    ...(context.state !== undefined && { [TRACESTATE_META_KEY]: context.state }),
  };
  return { ...params, _meta: { ...meta, ...trace } };
}
