import type { CallTracing } from "../catalog/call.ts";
import type { Egress } from "../gates/egress.ts";
import type { Log } from "../kernel/log.ts";
import type { Fetch, Runtime } from "../kernel/runtime.ts";
import { createCallTracing } from "./call-tracing.ts";
import { createExporter, type Exporter } from "./exporter.ts";
import { tracingSettings } from "./settings.ts";
import { traceparentOf } from "./trace-context.ts";
import { createTracer, type Tracer } from "./tracer.ts";

/** Traces of what the hub does, sent to an OpenTelemetry collector. Disposing it sends what is left. */
export interface Tracing extends AsyncDisposable {
  readonly tracer: Tracer;
  readonly calls: CallTracing;
  /** A way out that carries the trace in its headers, for requests made inside a span. */
  propagate(way: Fetch): Fetch;
  counts: Exporter["counts"];
}

export interface TracingDeps {
  readonly runtime: Pick<Runtime, "clock" | "random" | "env">;
  readonly egress: Pick<Egress, "fetchFor">;
  readonly log: Log;
  readonly version: string;
}

/** What a collector answers is short. */
const mostAnswer = 64 * 1024;

/** Makes the tracing that the environment asks for; undefined where it asks for none, which is the default. */
export function createTracing({ runtime, egress, log, version }: TracingDeps): Tracing | undefined {
  const { settings, problems } = tracingSettings(runtime.env);
  for (const problem of problems) log.warn(problem);
  if (!settings) return undefined;
  const { clock, random } = runtime;
  const exporter = createExporter({
    clock,
    log,
    post: egress.fetchFor({ trust: "configured", timeoutMs: settings.timeoutMs, maxBytes: mostAnswer }),
    settings,
    origin: {
      version,
      resource: { "service.version": version, "service.instance.id": random.id(), ...settings.resource },
    },
  });
  const tracer = createTracer({ clock, random, sampler: settings.sampler, ended: (span) => exporter.add(span) });
  return {
    tracer,
    calls: createCallTracing(tracer),
    propagate: (way) => (url, init) => {
      const span = tracer.current();
      if (!span) return way(url, init);
      const headers = new Headers(init?.headers);
      headers.set("traceparent", traceparentOf(span.context));
      if (span.context.state !== undefined) headers.set("tracestate", span.context.state);
      return way(url, { ...init, headers });
    },
    counts: () => exporter.counts(),
    [Symbol.asyncDispose]: () => exporter[Symbol.asyncDispose](),
  };
}
