import type { OperationGuard } from "../kernel/operation.ts";
import type { Clock } from "../kernel/runtime.ts";
import { failure } from "./failure.ts";
import type { Authenticate } from "./rest.ts";
import type { Route } from "./routes.ts";

export interface HealthOptions {
  readonly version: string;
  readonly clock: Clock;
  /** What the hub says of itself; servers have no say in it, since it serves their last known lists without them. */
  readonly state: () => "starting" | "ready" | "stopping";
  readonly metrics: { readonly exposition: () => Promise<string>; readonly authenticate: Authenticate; readonly guard: OperationGuard };
}

const expositionType = "text/plain; version=0.0.4; charset=utf-8";

/** `/health`: the process lives. `/ready`: it takes requests. `/metrics`: its figures. Probes need no credential, figures do. */
export function healthRoutes({ version, clock, state, metrics }: HealthOptions): Route[] {
  const started = clock.monotonic();
  return [
    {
      method: "GET",
      path: "/health",
      handle: () => fresh({ service: "hubctl", status: "ok", version, uptimeSeconds: Math.floor((clock.monotonic() - started) / 1000) }),
    },
    {
      method: "GET",
      path: "/ready",
      handle: () =>
        state() === "ready" ? fresh({ status: "ready" }) : fresh({ status: state() }, { status: 503, headers: { "retry-after": "1" } }),
    },
    {
      method: "GET",
      path: "/metrics",
      handle: async (request, exchange) => {
        try {
          metrics.guard.operation(await metrics.authenticate(request, exchange), { name: "metrics.read", scope: "metrics:read" });
          return new Response(await metrics.exposition(), { headers: { "content-type": expositionType, "cache-control": "no-store" } });
        } catch (cause) {
          return failure(cause, exchange);
        }
      },
    },
  ];
}

const fresh = (body: object, init: { status?: number; headers?: Record<string, string> } = {}) =>
  Response.json(body, { ...init, headers: { "cache-control": "no-store", ...init.headers } });
