import {
  Client,
  CLIENT_CAPABILITIES_META_KEY,
  InsufficientScopeError,
  LOG_LEVEL_META_KEY,
  ProtocolError,
  ProtocolErrorCode,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  SseError,
  UnsupportedProtocolVersionError,
  type Transport,
} from "@modelcontextprotocol/client";
import { z } from "zod";
import { HubError } from "../kernel/errors.ts";
import { mirrorsArguments } from "../kernel/mirrors-arguments.ts";
import type { Progress } from "../kernel/operation.ts";
import { listsOfNotification, lists, type Capabilities, type ListName } from "./capabilities.ts";
import { createInFlight, type Asking, type InFlight } from "./in-flight.ts";
import { openListening, type Listening } from "./listening.ts";
import { readAllLists, readList, type Ask } from "./read-lists.ts";
import { unwrapTask, wrapTask } from "./task-results.ts";

export type Result = Record<string, unknown>;

export interface RequestOptions extends Asking {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** What the asking client can do; a 2026-07-28 server is told with each request. */
  readonly clientCapabilities?: Record<string, unknown>;
  readonly logLevel?: string;
}

export interface Notification {
  readonly method: string;
  readonly params?: Record<string, unknown>;
}

/** One live MCP connection to a server. It ends once; the supervisor makes the next one. */
export interface ServerConnection {
  readonly capabilities: Capabilities;
  readonly era: "legacy" | "modern";
  readonly pid: number | undefined;
  /** Sends a request as given and returns the result as given, unknown fields and all. */
  request(method: string, params: Record<string, unknown>, options?: RequestOptions): Promise<Result>;
  refresh(names: readonly ListName[]): Promise<Capabilities>;
  /** The resources somebody wants to hear of; replaces the set of before. */
  watch(uris: ReadonlySet<string>): Promise<void>;
  /** Whether it answers at all, if only with an error; asked of one that let a call run out of time. */
  answers(patienceMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly transport: Transport;
  readonly pid?: () => number | undefined;
  readonly negotiation: "auto" | "legacy" | { readonly pin: string };
  /** The requests of the connection, where its transport has to know them too. */
  readonly inFlight?: InFlight;
  readonly version: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onNotification: (notification: Notification) => void;
  readonly onListChanged: (names: readonly ListName[]) => void;
  readonly onListFailed: (name: ListName, cause: unknown) => void;
  readonly onClosed: (cause: Error | undefined) => void;
  /** Runs a piece of work later, the later the more attempts were in vain: a listening stream that broke is opened again. */
  readonly later: (work: () => void, attempts: number) => void;
}

const AnyResult = z.looseObject({});

/** What the hub can pass on to whoever is asking. */
const passedOn = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };

/** Connects, negotiates the revision, and reads all lists. The transport is closed when that fails. */
export async function openConnection(options: ConnectOptions): Promise<ServerConnection> {
  const { inFlight = createInFlight() } = options;
  const client = new Client(
    { name: "hubctl", version: options.version },
    { capabilities: passedOn, versionNegotiation: { mode: options.negotiation }, inputRequired: { autoFulfill: false } },
  );
  let lastError: Error | undefined;
  let open = false;
  client.onerror = (cause) => {
    lastError = cause;
    if (open && isStreamLost(cause)) void client.close();
  };
  client.onclose = () => open && options.onClosed(lastError);
  client.fallbackNotificationHandler = async (notification) => {
    const changed = listsOfNotification[notification.method];
    if (changed) return options.onListChanged(changed);
    if (notification.method === "notifications/message") inFlight.asker()?.onNotification?.(notification);
    options.onNotification(notification);
  };
  client.fallbackRequestHandler = async ({ method, params }) => {
    const answer = inFlight.asker()?.onServerRequest;
    if (answer) return answer(method, params ?? {});
    if (method === "roots/list") return { roots: [] };
    throw new ProtocolError(
      ProtocolErrorCode.MethodNotFound,
      `Nobody is there to answer ${method}: the asking client cannot, or it is not known which one asked`,
    );
  };
  options.transport.onmessage = wrapTask;
  try {
    await client.connect(options.transport, { timeout: options.timeoutMs, signal: options.signal });
    const isModern = client.getProtocolEra() === "modern";
    const declared = (client.getServerCapabilities() ?? {}) as Record<string, unknown>;
    const listening = isModern ? await openListening({ client, declared, ...options }).catch(() => undefined) : undefined;
    const connection = new ClientConnection(client, options, { inFlight, isModern, declared, listening, whyClosed: () => lastError });
    await connection.refresh(Object.keys(lists) as ListName[]);
    open = true;
    return connection;
  } catch (cause) {
    await client.close().catch(() => undefined);
    throw cause;
  }
}

interface Opened {
  readonly inFlight: InFlight;
  readonly isModern: boolean;
  readonly declared: Record<string, unknown>;
  readonly listening: Listening | undefined;
  readonly whyClosed: () => Error | undefined;
}

class ClientConnection implements ServerConnection {
  capabilities: Capabilities;
  #watched: ReadonlySet<string> = new Set();

  constructor(
    readonly client: Client,
    readonly options: ConnectOptions,
    readonly opened: Opened,
  ) {
    this.capabilities = {
      known: true,
      serverInfo: client.getServerVersion(),
      protocolVersion: client.getNegotiatedProtocolVersion(),
      instructions: client.getInstructions(),
      declared: opened.declared,
      tools: [],
      resources: [],
      resourceTemplates: [],
      prompts: [],
      caching: {},
    };
  }

  get era(): "legacy" | "modern" {
    return this.opened.isModern ? "modern" : "legacy";
  }

  get pid(): number | undefined {
    return this.options.pid?.();
  }

  async request(method: string, params: Record<string, unknown>, asked: RequestOptions = {}): Promise<Result> {
    const { inFlight, whyClosed } = this.opened;
    try {
      return unwrapTask(await inFlight.run(asked, () => this.#send(method, params, asked)));
    } catch (cause) {
      if (asked.signal?.aborted) throw new HubError("CANCELLED", "The call was cancelled", { cause });
      throw cause instanceof SdkError && cause.code === SdkErrorCode.ConnectionClosed ? unanswered(whyClosed() ?? cause) : cause;
    }
  }

  async refresh(names: readonly ListName[]): Promise<Capabilities> {
    const { declared } = this.opened;
    const ask: Ask = (method, params) => this.#ask(method, params);
    if (names.length === Object.keys(lists).length)
      this.capabilities = { ...this.capabilities, ...(await readAllLists(declared, ask, this.options.onListFailed)) };
    else for (const name of names) this.capabilities = await withList(this.capabilities, name, ask);
    return this.capabilities;
  }

  async watch(uris: ReadonlySet<string>): Promise<void> {
    const before = this.#watched;
    this.#watched = new Set(uris);
    if (this.opened.isModern) return this.opened.listening?.watch(this.#watched);
    for (const uri of this.#watched) if (!before.has(uri)) await this.#ask("resources/subscribe", { uri });
    for (const uri of before) if (!this.#watched.has(uri)) await this.#ask("resources/unsubscribe", { uri });
  }

  async answers(patienceMs: number): Promise<boolean> {
    // 2026-07-28 has no ping; what every server has to answer there is who it is.
    const method = this.opened.isModern ? "server/discover" : "ping";
    try {
      await this.client.request({ method, params: {} }, AnyResult, { timeout: patienceMs, signal: this.options.signal });
      return true;
    } catch (cause) {
      return cause instanceof ProtocolError || (cause instanceof HubError && cause.code === "RATE_LIMITED");
    }
  }

  async close(): Promise<void> {
    this.opened.listening?.close();
    await this.client.close();
  }

  #ask(method: string, params: Record<string, unknown>): Promise<Result> {
    return this.client.request({ method, params }, AnyResult, { timeout: this.options.timeoutMs, signal: this.options.signal });
  }

  #send(method: string, params: Record<string, unknown>, asked: RequestOptions): Promise<Result> {
    const options = {
      signal: asked.signal,
      timeout: asked.timeoutMs,
      resetTimeoutOnProgress: true,
      allowInputRequired: true,
      ...(asked.onProgress && { onprogress: asked.onProgress }),
    };
    if (!this.opened.isModern) return this.client.request({ method, params }, AnyResult, options);
    const sent = withEnvelope(params, asked);
    const mirrored =
      method === "tools/call" && this.capabilities.tools.find((tool) => tool.name === params["name"] && mirrorsArguments(tool.inputSchema));
    if (!mirrored) return this.client.request({ method, params: sent }, AnyResult, options);
    const toolDefinition = { ...mirrored, outputSchema: undefined } as never;
    return this.client.callTool(sent as never, { ...options, toolDefinition });
  }
}

async function withList(capabilities: Capabilities, name: ListName, ask: Ask): Promise<Capabilities> {
  const { items, caching } = await readList(name, capabilities.declared, ask);
  const { [name]: _, ...others } = capabilities.caching;
  return { ...capabilities, [name]: items, caching: caching ? { ...others, [name]: caching } : others };
}

/** What ended the connection ended this request too, but does not tell whether the server carried it out. */
const unanswered = (why: Error): HubError =>
  why instanceof HubError
    ? new HubError(why.code, why.message, { hint: why.hint, cause: why })
    : new HubError("UPSTREAM_UNAVAILABLE", `The connection ended before the answer: ${why.message}`, { cause: why });

/**
 * Whether the stream is gone over which an older server speaks unasked. The SDK opens that of HTTP+SSE again by itself, but in
 * a session that nobody has initialized, and gives that of Streamable HTTP up for good; a new connection has both.
 */
const isStreamLost = (cause: Error): boolean =>
  cause instanceof SseError ||
  (cause instanceof SdkHttpError && cause.code === SdkErrorCode.ClientHttpFailedToOpenStream && cause.status === 404) ||
  cause.message.startsWith("Maximum reconnection attempts");

/** A 2026-07-28 request tells what its client can do: that of the client who asks, not the hub's own. */
function withEnvelope(params: Record<string, unknown>, { clientCapabilities, logLevel }: RequestOptions): Record<string, unknown> {
  const meta = {
    ...(params["_meta"] as Record<string, unknown> | undefined),
    [CLIENT_CAPABILITIES_META_KEY]: clientCapabilities ?? {},
    ...(logLevel !== undefined && { [LOG_LEVEL_META_KEY]: logLevel }),
  };
  return { ...params, _meta: meta };
}

/** What a failed request means to the hub: the server's own answer, or trouble on the way. */
export function upstreamError(server: string, cause: unknown): HubError {
  if (cause instanceof HubError) return cause;
  if (cause instanceof ProtocolError)
    return new HubError("UPSTREAM_REJECTED", cause.message, {
      cause,
      details: { rpcCode: cause.code, ...(cause.data !== undefined && { data: cause.data }) },
    });
  if (cause instanceof SdkError && cause.code === SdkErrorCode.RequestTimeout)
    return new HubError("TIMEOUT", `${server} did not answer in time`, {
      cause,
      hint: "Raise timeoutMs of this server, or pass --timeout",
    });
  if (cause instanceof InsufficientScopeError) return scopeMissing(server, cause);
  if (isTokenRefused(cause)) return tokenRefused(server, cause);
  if (cause instanceof Error && cause.name === "AbortError") return new HubError("CANCELLED", "The call was cancelled", { cause });
  return new HubError("UPSTREAM_UNAVAILABLE", `${server} is not reachable: ${whyOf(cause)}`, { cause });
}

/** A refusal without a word of its own is told by its status. */
function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const message = cause.message.trim();
  return cause instanceof SdkHttpError && cause.status !== undefined && message.endsWith(":") ? `${message} HTTP ${cause.status}` : message;
}

/** A server that lets the hub in, but not for this (403 `insufficient_scope`). */
export const scopeMissing = (server: string, cause: InsufficientScopeError): HubError =>
  new HubError("UPSTREAM_REJECTED", `${server} wants more permissions for this`, {
    cause,
    hint: `Grant them with \`hubctl servers authorize ${server}\`, then try again`,
    details: { requiredScope: cause.requiredScope },
  });

/** A 401 that nothing more can be done about here: there was no token to renew, or the renewed one was refused too. */
export const isTokenRefused = (cause: unknown): boolean =>
  cause instanceof SdkHttpError && cause.code === SdkErrorCode.ClientHttpAuthentication;

export const tokenRefused = (server: string, cause: unknown): HubError =>
  new HubError("UPSTREAM_REJECTED", `${server} refuses the credential it was given (HTTP 401)`, {
    cause,
    hint: `Sign in anew with \`hubctl servers authorize ${server}\`, or replace the credential in its headers`,
  });

/** Trouble on the way, as opposed to an answer: what health is judged by. */
export const isTransportFailure = (error: HubError): boolean => error.code === "UPSTREAM_UNAVAILABLE";

/**
 * Whether a server has forgotten the session, so that it did not even look at the request. 404 is the specification's
 * answer (Streamable HTTP, session management); others refuse the request with another status of 400 to 499 and speak of
 * the session, of the transport behind it, or of `initialize`, which a server that has just started wants to see first.
 */
export const isSessionLost = (cause: unknown, era: "legacy" | "modern"): boolean => {
  if (era !== "legacy" || !(cause instanceof SdkHttpError) || cause.status === undefined) return false;
  const { status, message } = cause;
  return (
    status === 404 || status === 410 || (status >= 400 && status < 500 && /session|initiali[sz]e|no (active )?transport/i.test(message))
  );
};

/** A server that speaks only a revision without `initialize` says so with -32022 and names what it speaks. */
export function revisionToPin(cause: unknown): string | undefined {
  if (!(cause instanceof UnsupportedProtocolVersionError)) return undefined;
  const supported = (cause.data as { supported?: unknown } | undefined)?.supported;
  return Array.isArray(supported) ? supported.findLast((version): version is string => typeof version === "string") : undefined;
}
