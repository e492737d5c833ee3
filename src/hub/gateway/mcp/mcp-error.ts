import { ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";
import { HubError } from "../../kernel/errors.ts";

/** Failures that mean the request itself is wrong in MCP's terms; every other failure of a tool call is a result. */
const protocolCodes = new Set(["NOT_FOUND", "CANCELLED", "UNAUTHENTICATED"]);

/** What a JSON-RPC client is told: the server's own error as it was, the hub's by the error table. */
export function protocolError(cause: unknown): Error {
  if (cause instanceof ProtocolError) return cause;
  const error = HubError.from(cause);
  const own = error.details?.["rpcCode"];
  if (typeof own === "number") return new ProtocolError(own, error.message, error.details?.["data"]);
  return new ProtocolError(error.row.rpc ?? ProtocolErrorCode.InternalError, error.message, error.toJSON());
}

/** A tool call's failure as MCP wants it: a result with `isError`, or a thrown protocol error. */
export function toolFailure(cause: unknown): Record<string, unknown> {
  const error = HubError.from(cause);
  if (cause instanceof ProtocolError || protocolCodes.has(error.code) || typeof error.details?.["rpcCode"] === "number")
    throw protocolError(cause);
  return { isError: true, content: [{ type: "text", text: JSON.stringify({ error }) }] };
}
