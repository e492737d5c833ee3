import {
  InsufficientScopeError,
  SdkHttpError,
  SSEClientTransport,
  UnauthorizedError,
  type AuthProvider,
  type FetchLike,
} from "@modelcontextprotocol/client";
import { HubError } from "../kernel/errors.ts";
import type { Clock, Exit, Fetch } from "../kernel/runtime.ts";
import {
  isTokenRefused,
  openConnection,
  revisionToPin,
  scopeMissing,
  tokenRefused,
  type ConnectOptions,
  type ServerConnection,
} from "./connection.ts";
import type { RemoteEndpoint, ServerEntry, StdioEndpoint } from "./endpoint.ts";
import { createInFlight } from "./in-flight.ts";
import type { ServerLog } from "./server-log.ts";
import { HttpTransport } from "./transports/http-transport.ts";
import { checkedFetch, type CheckedFetchOptions } from "./transports/checked-fetch.ts";
import { StdioTransport, type StdioProcess } from "./transports/stdio-transport.ts";

/** The two gates a connection goes through, and what else it needs from outside. */
export interface ConnectDeps {
  readonly startProcess: (request: {
    argv: readonly string[];
    env: Readonly<Record<string, string>>;
    cwd?: string;
    owner: string;
    allowEnv?: readonly string[];
  }) => Promise<StdioProcess>;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly version: string;
  readonly maxMessageBytes: number;
  /** What a connection to a remote server authenticates with; undefined where the configuration has a credential of its own. */
  readonly authFor?: (entry: ServerEntry, endpoint: RemoteEndpoint, send: FetchLike) => RemoteAuth | undefined;
}

/** Adds the credential to requests, and renews it or asks a person for a new one when it is refused. */
export interface RemoteAuth {
  readonly fetch: FetchLike;
  readonly authProvider: AuthProvider;
}

export type ConnectHooks = Pick<ConnectOptions, "signal" | "onNotification" | "onListChanged" | "onListFailed" | "onClosed" | "later"> & {
  readonly log: ServerLog;
};

/** Makes a connection to a server of either kind. Throws HubError with the cause a person can act on. */
export async function connectServer(entry: ServerEntry, deps: ConnectDeps, hooks: ConnectHooks): Promise<ServerConnection> {
  const endpoint = await entry.endpoint();
  return endpoint.kind === "stdio" ? connectStdio(entry, endpoint, { deps, hooks }) : connectRemote(entry, endpoint, { deps, hooks });
}

interface With {
  readonly deps: ConnectDeps;
  readonly hooks: ConnectHooks;
}

async function connectStdio(entry: ServerEntry, endpoint: StdioEndpoint, { deps, hooks }: With): Promise<ServerConnection> {
  const startedAt = deps.clock.now();
  const attempt = async (negotiation: ConnectOptions["negotiation"]) => {
    const transport = new StdioTransport({
      start: () => deps.startProcess({ ...endpoint, owner: entry.name }),
      onStderr: (chunk) => hooks.log.write("stderr", chunk),
      onNoise: (line) => hooks.log.add("stdout", line),
      maxMessageBytes: deps.maxMessageBytes,
    });
    try {
      return await openConnection({
        ...hooks,
        transport,
        pid: () => transport.pid,
        negotiation,
        version: deps.version,
        timeoutMs: entry.startTimeoutMs,
        onClosed: (cause) => hooks.onClosed(transport.exit ? processEnded(transport.exit, hooks.log.reason(startedAt)) : cause),
      });
    } catch (cause) {
      throw revisionToPin(cause) ? cause : stdioFailure(entry, cause, { transport, reason: hooks.log.reason(startedAt) });
    }
  };
  try {
    return await attempt("legacy");
  } catch (cause) {
    const pin = revisionToPin(cause);
    if (pin === undefined) throw cause;
    return await attempt({ pin });
  }
}

function stdioFailure(
  entry: ServerEntry,
  cause: unknown,
  { transport, reason }: { transport: StdioTransport; reason: string | undefined },
): HubError {
  if (cause instanceof HubError) return cause;
  if (transport.failure instanceof HubError) return transport.failure;
  const said = reason ? `: ${reason}` : "";
  const command = entry.command?.join(" ") ?? entry.name;
  const { exit } = transport;
  if (exit)
    return new HubError("UPSTREAM_UNAVAILABLE", `${command} ended (${exitText(exit)}) before it spoke MCP${said}`, {
      cause,
      hint: `Run the command by hand, or look at \`hubctl servers logs ${entry.name}\``,
    });
  return new HubError("UPSTREAM_UNAVAILABLE", `${command} did not become ready (${(cause as Error).message})${said}`, {
    cause,
    hint: `Look at \`hubctl servers logs ${entry.name}\`; a slow starter needs a higher startTimeoutMs`,
  });
}

/** Who was killed has not said why: its last words are about something else. */
const processEnded = (exit: Exit, reason: string | undefined): HubError =>
  new HubError("UPSTREAM_UNAVAILABLE", `its process ended (${exitText(exit)})${reason && !exit.signal ? `: ${reason}` : ""}`);

const exitText = ({ code, signal }: Exit) => (signal ? `signal ${signal}` : `exit code ${code}`);

async function connectRemote(entry: ServerEntry, endpoint: RemoteEndpoint, { deps, hooks }: With): Promise<ServerConnection> {
  const url = new URL(endpoint.url);
  const { maxMessageBytes } = deps;
  let isSignedIn = false;
  const options = (checks: Partial<CheckedFetchOptions>) => {
    const fetch = checkedFetch(deps.fetch, { maxMessageBytes, ...checks });
    const auth = deps.authFor?.(entry, endpoint, fetch);
    isSignedIn = auth !== undefined;
    return { fetch, ...auth, requestInit: { headers: { ...endpoint.headers } }, onInsufficientScope: "throw" as const };
  };
  const failure = (cause: unknown) => remoteFailure(entry, cause, isSignedIn);
  const inFlight = createInFlight();
  const open = (transport: ConnectOptions["transport"], negotiation: ConnectOptions["negotiation"]) =>
    openConnection({ ...hooks, transport, negotiation, inFlight, version: deps.version, timeoutMs: entry.startTimeoutMs });
  if (endpoint.transport !== "sse") {
    const reconnectionScheduler = (resume: () => void, ms: number, attempt: number) => {
      if (attempt === 0) inFlight.streamClosed();
      const due = deps.clock.after(ms, resume);
      return () => due[Symbol.dispose]();
    };
    try {
      return await open(new HttpTransport(url, { ...options({}), reconnectionScheduler }), "auto");
    } catch (cause) {
      if (endpoint.transport === "http" || !speaksSomethingElse(cause)) throw failure(cause);
    }
  }
  try {
    return await open(new SSEClientTransport(url, options({ sse: true })), "legacy");
  } catch (cause) {
    throw failure(cause);
  }
}

/** Streamable HTTP's backwards compatibility rule: 400, 404 and 405 on the POST mean an HTTP+SSE server may live there. */
function speaksSomethingElse(cause: unknown): boolean {
  for (let error = cause; error instanceof Error; error = error.cause)
    if (error instanceof SdkHttpError && error.status !== undefined && [400, 404, 405, 406, 415].includes(error.status)) return true;
  return false;
}

function remoteFailure(entry: ServerEntry, cause: unknown, isSignedIn: boolean): HubError {
  const known = firstHubError(cause);
  if (known) return known;
  const inner = innermost(cause);
  if (inner instanceof InsufficientScopeError) return scopeMissing(entry.name, inner);
  if (isSignedIn && isTokenRefused(inner)) return tokenRefused(entry.name, cause);
  if (inner instanceof UnauthorizedError || (inner instanceof SdkHttpError && inner.status === 401))
    return new HubError("UPSTREAM_REJECTED", `${entry.url} wants a credential (HTTP 401)`, {
      cause,
      hint: `Add "headers": { "Authorization": "Bearer \${TOKEN}" } to ${entry.name} in the configuration`,
    });
  const why =
    inner instanceof SdkHttpError && inner.status !== undefined
      ? `HTTP ${inner.status}`
      : inner instanceof Error
        ? inner.message
        : String(inner);
  return new HubError("UPSTREAM_UNAVAILABLE", `${entry.url} does not answer as an MCP server: ${why}`, {
    cause,
    hint: "Check the URL and that the server is running",
  });
}

function firstHubError(cause: unknown): HubError | undefined {
  let at = cause;
  while (at instanceof Error && !(at instanceof HubError)) at = at.cause;
  return at instanceof HubError ? at : undefined;
}

function innermost(cause: unknown): unknown {
  let at = cause;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return at;
}
