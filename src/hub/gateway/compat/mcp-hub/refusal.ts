import { HubError } from "../../../kernel/errors.ts";
import type { Log } from "../../../kernel/log.ts";
import type { Exchange } from "../../exchange.ts";
import { caught } from "../../failure.ts";

/** What mcp-hub says of an error beside its message: a word, or the JSON-RPC code of a server. */
export interface Told {
  readonly code: string | number;
  readonly data: Readonly<Record<string, unknown>>;
}

const key = "mcpHub";

/** An error that this door answers with mcp-hub's own code. */
export const refusal = (code: string | number, message: string, data: Told["data"] = {}): HubError =>
  new HubError(code === "VALIDATION_ERROR" ? "VALIDATION" : "UPSTREAM_UNAVAILABLE", message, { details: { [key]: { code, data } } });

export const missingField = (field: string, what: string): HubError => refusal("VALIDATION_ERROR", `Missing ${what}`, { field });

const toldOf = (error: HubError): Told | undefined => error.details?.[key] as Told | undefined;

/** Errors of the way to the hub rather than of the request keep the status that says so. */
const ownStatus = new Set(["UNAUTHENTICATED", "FORBIDDEN", "RATE_LIMITED", "QUOTA_EXCEEDED"]);

export interface AnswerOptions {
  readonly exchange: Exchange;
  readonly log: Log;
  readonly now: number;
  /** The code where the error names none. */
  readonly code: string;
}

/** mcp-hub's error answer: 400 for a request that is wrong, 500 for everything else, since its clients read no more than that. */
export function refusalResponse(cause: unknown, { exchange, log, now, code }: AnswerOptions): Response {
  const error = caught(cause, exchange, log);
  const told = toldOf(error) ?? ownTold(error, code, exchange.requestId);
  const status = ownStatus.has(error.code) ? error.row.status : error.code === "VALIDATION" && told.code === "VALIDATION_ERROR" ? 400 : 500;
  return Response.json(
    {
      error: error.code === "INTERNAL" ? "Something went wrong inside the hub" : error.message,
      ...told,
      timestamp: new Date(now).toISOString(),
    },
    { status },
  );
}

function ownTold(error: HubError, code: string, requestId: string): Told {
  const data = { ...(error.hint !== undefined && { hint: error.hint }), ...(error.code === "INTERNAL" && { requestId }) };
  if (error.code === "VALIDATION") return { code: "VALIDATION_ERROR", data };
  return { code: ownStatus.has(error.code) ? error.code : code, data };
}
