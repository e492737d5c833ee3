import { HubError } from "../../../kernel/errors.ts";
import { refusal } from "./refusal.ts";

/** How mcp-hub calls the failures of one kind of call. */
export interface CallCodes {
  /** The call could not be made. */
  readonly refused: string;
  /** It was made and failed without a word of the server. */
  readonly failed: string;
}

/** JSON-RPC codes of the TypeScript SDK for what never reached the server or never came back. */
const timedOut = -32001;
const closed = -32000;

export interface FailedCall {
  readonly codes: CallCodes;
  readonly data: Readonly<Record<string, unknown>>;
  /** What the caller was willing to wait. */
  readonly timeoutMs?: number;
}

/** A failed call with mcp-hub's code: the server's own JSON-RPC code where there is one. */
export function callFailure(cause: unknown, { codes, data, timeoutMs }: FailedCall): HubError {
  const error = HubError.from(cause);
  const as = (code: string | number, originalError: object, message = error.message) => refusal(code, message, { ...data, originalError });
  switch (error.code) {
    case "UPSTREAM_REJECTED": {
      const rpcCode = error.details?.["rpcCode"];
      if (typeof rpcCode !== "number") return as(codes.failed, {});
      return as(rpcCode, { code: rpcCode, data: error.details?.["data"], name: "McpError" }, `MCP error ${rpcCode}: ${error.message}`);
    }
    case "TIMEOUT":
      return as(timedOut, { code: timedOut, data: { timeout: timeoutMs }, name: "McpError" }, `MCP error ${timedOut}: ${error.message}`);
    case "UPSTREAM_UNAVAILABLE":
      return as(closed, { code: closed, name: "McpError" }, `MCP error ${closed}: ${error.message}`);
    case "VALIDATION":
    case "NOT_FOUND":
      return refusal(codes.refused, error.message, data);
    case "INTERNAL":
    case "FORBIDDEN":
    case "RATE_LIMITED":
    case "QUOTA_EXCEEDED":
      return error;
    default:
      return as(codes.failed, { code: error.code });
  }
}
