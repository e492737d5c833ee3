import {
  PROTOCOL_VERSION_META_KEY,
  StreamableHTTPClientTransport,
  type AuthProvider,
  type FetchLike,
  type JSONRPCMessage,
  type StreamableHTTPClientTransportOptions,
  type TransportSendOptions,
} from "@modelcontextprotocol/client";
import { keepPlace } from "./keep-place.ts";

export interface HttpTransportOptions extends StreamableHTTPClientTransportOptions {
  readonly fetch: FetchLike;
  readonly authProvider?: AuthProvider;
  readonly requestInit: { readonly headers: Readonly<Record<string, string>> };
}

/**
 * The SDK's Streamable HTTP transport with a short way for tool calls that are answered by one JSON message: the SDK would hold
 * against its schemas, twice, what itself has just made. Every other answer is handed to the SDK as if it had asked.
 */
export class HttpTransport extends StreamableHTTPClientTransport {
  readonly #url: URL;
  readonly #options: HttpTransportOptions;
  readonly #closing = new AbortController();
  /** Answers to requests that the SDK is about to make again, by their body. */
  readonly #answered: Map<unknown, Response>;

  constructor(url: URL, options: HttpTransportOptions) {
    const answered = new Map<unknown, Response>();
    const ask = keepPlace(options.fetch);
    super(url, {
      ...options,
      fetch: (to, init) => {
        const answer = answered.get(init?.body);
        answered.delete(init?.body);
        return answer ? Promise.resolve(answer) : ask(to, init);
      },
    });
    this.#url = url;
    this.#options = options;
    this.#answered = answered;
  }

  override send(message: JSONRPCMessage | JSONRPCMessage[], options?: TransportSendOptions): Promise<void> {
    const call = options?.resumptionToken || options?.headers ? undefined : toolCall(message);
    return call ? this.#send(call, options) : super.send(message, options);
  }

  override async close(): Promise<void> {
    this.#closing.abort();
    await super.close();
  }

  async #send(call: ToolCall, options: TransportSendOptions | undefined): Promise<void> {
    const body = JSON.stringify(call.message);
    try {
      const answer = await this.#post(call, { body, signal: options?.requestSignal });
      if (!(answer instanceof Response)) {
        this.onmessage?.(answer);
        return;
      }
      this.#answered.set(body, answer);
    } catch (cause) {
      if (options?.requestSignal?.aborted !== true) this.onerror?.(cause as Error);
      throw cause;
    }
    try {
      await super.send(call.message, options);
    } finally {
      this.#answered.delete(body);
    }
  }

  /** Asks, and answers with the message that came, or else with what came in its place. */
  async #post(call: ToolCall, { body, signal }: { body: string; signal: AbortSignal | undefined }): Promise<JSONRPCMessage | Response> {
    const closing = this.#closing.signal;
    const response = await this.#options.fetch(this.#url, {
      method: "POST",
      headers: await this.#headers(call),
      body,
      signal: signal ? AbortSignal.any([closing, signal]) : closing,
      redirect: "manual",
    });
    if (response.status !== 200 || !/^application\/json\s*(;|$)/i.test(response.headers.get("content-type") ?? "")) return response;
    const text = await response.text();
    return answerTo(call.message.id, text) ?? new Response(text, { headers: response.headers });
  }

  async #headers({ name, version }: ToolCall): Promise<Headers> {
    const { requestInit, authProvider } = this.#options;
    const headers = new Headers(requestInit.headers);
    const token = await authProvider?.token();
    if (token) headers.set("authorization", `Bearer ${token}`);
    if (this.sessionId) headers.set("mcp-session-id", this.sessionId);
    const spoken = version ?? this.protocolVersion;
    if (spoken) headers.set("mcp-protocol-version", spoken);
    if (version) {
      headers.set("mcp-method", "tools/call");
      headers.set("mcp-name", name);
    }
    headers.set("content-type", "application/json");
    headers.set("accept", "application/json, text/event-stream");
    return headers;
  }
}

interface ToolCall {
  readonly message: JSONRPCMessage & { readonly id: string | number };
  readonly name: string;
  /** As the request itself says, which those of 2026-07-28 do. */
  readonly version: string | undefined;
}

/** What a header value may be without encoding (Streamable HTTP, header encoding), and nothing that looks encoded. */
const plainName = /^(?!=\?)[!-~]+$/;

function toolCall(message: JSONRPCMessage | JSONRPCMessage[]): ToolCall | undefined {
  if (Array.isArray(message) || !("method" in message) || message.method !== "tools/call" || !("id" in message)) return undefined;
  const { name, _meta: meta } = (message.params ?? {}) as { name?: unknown; _meta?: Record<string, unknown> };
  const version = meta?.[PROTOCOL_VERSION_META_KEY];
  if (typeof name !== "string" || !plainName.test(name)) return undefined;
  return { message, name, version: typeof version === "string" ? version : undefined };
}

/** The one message a text is, where it answers the request in the usual form. */
function answerTo(id: string | number, text: string): JSONRPCMessage | undefined {
  const answer = parsed(text);
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return undefined;
  const { jsonrpc, id: answered, result, ...others } = answer as Record<string, unknown>;
  const isResult = jsonrpc === "2.0" && answered === id && typeof result === "object" && result !== null && !Array.isArray(result);
  return isResult && Object.keys(others).length === 0 ? (answer as JSONRPCMessage) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
