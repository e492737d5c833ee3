import type { Tracer } from "../tracing/tracer.ts";
import { parseTraceContext } from "../tracing/trace-context.ts";
import type { Middleware } from "./compose.ts";
import { requestUrl } from "./request-url.ts";

/** What asks all day long whether the hub is there. */
const probes = new Set(["/health", "/ready", "/metrics", "/api/health"]);

/** Every request is a span, in the trace its headers name; it lasts until the answer begins. */
export function traceRequests(tracer: Tracer): Middleware {
  return (next) => (request, exchange) => {
    const { method, headers } = request;
    if (probes.has(requestUrl(request).pathname)) return next(request, exchange);
    const remote = parseTraceContext(headers.get("traceparent"), headers.get("tracestate"));
    return tracer.run({ name: method, kind: "server", remote, attributes: { "http.request.method": method } }, async (span) => {
      const response = await next(request, exchange);
      if (exchange.route !== undefined) span.rename(`${method} ${exchange.route}`);
      span.set({ "http.route": exchange.route, "http.response.status_code": response.status, "hubctl.request_id": exchange.requestId });
      if (response.status >= 500) span.fail(String(response.status));
      return response;
    });
  };
}
