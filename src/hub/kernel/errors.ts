/**
 * Every error a caller can see, one row each: HTTP status, CLI exit code, JSON-RPC code
 * (undefined where MCP sends no JSON-RPC error), whether a retry can help, and the sentence for the docs.
 */
export const errorTable = {
  VALIDATION: {
    status: 400,
    exit: 2,
    rpc: -32602,
    retryable: false,
    means: "The input does not fit the schema; `details.issues` lists where",
  },
  UNAUTHENTICATED: { status: 401, exit: 3, rpc: undefined, retryable: false, means: "No credential, or one that expired" },
  FORBIDDEN: {
    status: 403,
    exit: 3,
    rpc: undefined,
    retryable: false,
    means: "Policy or scope says no; `details.scope` names what is missing",
  },
  NOT_FOUND: { status: 404, exit: 4, rpc: -32602, retryable: false, means: "No such thing, or none that this principal may know of" },
  CONFLICT: { status: 409, exit: 5, rpc: -32602, retryable: false, means: "The request clashes with the present state" },
  QUOTA_EXCEEDED: {
    status: 429,
    exit: 6,
    rpc: -32603,
    retryable: false,
    means: "A quota is used up; `details.resetsAt` says until when (epoch ms)",
  },
  RATE_LIMITED: {
    status: 429,
    exit: 6,
    rpc: -32603,
    retryable: true,
    means: "Too many requests; `details.retryAfterMs` says how long to wait",
  },
  UPSTREAM_UNAVAILABLE: {
    status: 502,
    exit: 7,
    rpc: -32603,
    retryable: true,
    means: "A server or vendor is unreachable, broken or answers nonsense",
  },
  UPSTREAM_REJECTED: { status: 502, exit: 7, rpc: -32603, retryable: false, means: "A server or vendor answered, and said no" },
  TIMEOUT: { status: 504, exit: 8, rpc: -32603, retryable: true, means: "The hub's own deadline ran out" },
  CANCELLED: { status: 499, exit: 130, rpc: undefined, retryable: false, means: "The caller left; MCP sends no answer" },
  UNAVAILABLE: { status: 503, exit: 9, rpc: -32603, retryable: true, means: "The hub is starting, stopping or shedding load" },
  INTERNAL: {
    status: 500,
    exit: 1,
    rpc: -32603,
    retryable: false,
    means: "A bug; the message stays inside the hub, the request id goes out",
  },
} as const satisfies Record<string, ErrorRow>;

interface ErrorRow {
  readonly status: number;
  readonly exit: number;
  readonly rpc: number | undefined;
  readonly retryable: boolean;
  readonly means: string;
}

export type ErrorCode = keyof typeof errorTable;

export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly hint?: string;
  readonly details?: Record<string, unknown>;
}

interface HubErrorOptions extends ErrorOptions {
  /** The next step for the person who reads it, an imperative sentence. */
  readonly hint?: string;
  readonly details?: Record<string, unknown>;
}

/** The only error class of hubctl; `code` picks its row in `errorTable`. */
export class HubError extends Error {
  override readonly name = "HubError";
  readonly hint: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: HubErrorOptions = {},
  ) {
    super(message, options);
    this.hint = options.hint;
    this.details = options.details;
  }

  get row(): ErrorRow {
    return errorTable[this.code];
  }

  toJSON(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      retryable: this.row.retryable,
      ...(this.hint !== undefined && { hint: this.hint }),
      ...(this.details !== undefined && { details: this.details }),
    };
  }

  /** Wraps what was thrown: our errors pass through, an abort is CANCELLED, all else is INTERNAL with a neutral message. */
  static from(cause: unknown): HubError {
    if (cause instanceof HubError) return cause;
    if (cause instanceof Error && cause.name === "AbortError") return new HubError("CANCELLED", "The call was cancelled", { cause });
    return new HubError("INTERNAL", "Something went wrong inside hubctl", {
      cause,
      hint: "Run `hubctl doctor`, and look at the log it names",
    });
  }

  /** Rebuilds an error from the JSON form that REST answers. */
  static fromBody(body: ErrorBody): HubError {
    return new HubError(body.code in errorTable ? body.code : "INTERNAL", body.message, { hint: body.hint, details: body.details });
  }
}
