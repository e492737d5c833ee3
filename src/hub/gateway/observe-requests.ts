import type { Log } from "../kernel/log.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { Middleware } from "./compose.ts";

export interface FinishedRequest {
  readonly method: string;
  /** The route's pattern, since what callers type would make figures without end. */
  readonly route: string;
  readonly status: number;
  /** Until the answer began. */
  readonly ms: number;
}

export interface ObserveOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly measure: (request: FinishedRequest) => void;
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Measures every request, and writes a debug record of it without the query, which may hold what the caller typed. */
export function observeRequests({ clock, log, measure }: ObserveOptions): Middleware {
  return (next) => async (request, exchange) => {
    const started = clock.monotonic();
    const response = await next(request, exchange);
    const finished = {
      method: methods.has(request.method) ? request.method : "other",
      route: exchange.route ?? "none",
      status: response.status,
      ms: clock.monotonic() - started,
    };
    measure(finished);
    log.debug("A request was answered", () => ({ requestId: exchange.requestId, via: exchange.via, peer: exchange.peer, ...finished }));
    return response;
  };
}
