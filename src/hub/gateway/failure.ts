import { HubError, type ErrorBody } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";

export interface FailureOptions {
  readonly requestId: string;
  readonly headers?: Record<string, string>;
}

/** The JSON answer of a request that failed; a bug shows nothing but the request id. */
export function failure(cause: unknown, { requestId, headers }: FailureOptions): Response {
  const error = HubError.from(cause);
  return Response.json(
    { error: publicBody(error, requestId) },
    { status: statusOf(error), headers: { ...hintHeaders(error), ...headers } },
  );
}

/** Wraps what was thrown; a bug is logged here, every other error is the caller's to read. */
export function caught(cause: unknown, { requestId, route }: { readonly requestId: string; readonly route?: string }, log: Log): HubError {
  const error = HubError.from(cause);
  if (error.code === "INTERNAL") log.error("A request failed by a bug", { requestId, route, error });
  return error;
}

/** What of an error may leave the hub. */
export function publicBody(error: HubError, requestId: string): ErrorBody {
  if (error.code !== "INTERNAL") return error.toJSON();
  return {
    code: "INTERNAL",
    message: "Something went wrong inside hubctl",
    retryable: false,
    hint: "Look for the request id in the hub's log",
    details: { requestId },
  };
}

/** An error that only HTTP can make (media type, body size) names its own status. */
function statusOf(error: HubError): number {
  const status = error.details?.["status"];
  return error.code === "VALIDATION" && typeof status === "number" ? status : error.row.status;
}

function hintHeaders(error: HubError): Record<string, string> {
  const wait = error.details?.["retryAfterMs"];
  if (typeof wait === "number") return { "retry-after": String(Math.max(1, Math.ceil(wait / 1000))) };
  if (error.code === "UNAVAILABLE") return { "retry-after": "1" };
  if (error.code === "UNAUTHENTICATED") return { "www-authenticate": "Bearer" };
  return {};
}
