import { StreamableHTTPClientTransport, type JSONRPCMessage } from "@modelcontextprotocol/client";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { Readable, Writable } from "node:stream";
import type { Fetch } from "../../kernel/runtime.ts";

export interface StdioBridgeOptions {
  /** The MCP endpoint of the running hub. */
  readonly url: string;
  readonly fetch: Fetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly maxMessageBytes: number;
}

type Message = JSONRPCMessage & {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
};

/** Passes messages between a stdio client and a running hub, unread but for what HTTP needs to know. Resolves when the client has left. */
export async function bridgeStdio(options: StdioBridgeOptions): Promise<void> {
  const near = new StdioServerTransport(options.stdin, options.stdout, { maxBufferSize: options.maxMessageBytes });
  const far = new StreamableHTTPClientTransport(new URL(options.url), {
    fetch: options.fetch,
    requestInit: { headers: { ...options.headers } },
  });
  const left = Promise.withResolvers<void>();
  const running = new Map<string | number, AbortController>();
  let initializing: { readonly id: Message["id"]; readonly settled: PromiseWithResolvers<void> } | undefined;

  const answer = (message: Message) => {
    if (message.id !== undefined && message.method === undefined) {
      running.delete(message.id);
      if (message.id === initializing?.id) initializing.settled.resolve();
    }
    // What `initialize` settled travels as a header from then on (specification, Streamable HTTP).
    const version = message.result?.["protocolVersion"];
    if (typeof version === "string") far.setProtocolVersion(version);
    return near.send(message);
  };
  const ask = async (message: Message & { readonly id: string | number }) => {
    const stop = new AbortController();
    running.set(message.id, stop);
    try {
      await far.send(message, { requestSignal: stop.signal });
    } catch (cause) {
      if (stop.signal.aborted) return;
      running.delete(message.id);
      initializing?.settled.resolve();
      await near.send({
        jsonrpc: "2.0",
        id: message.id,
        error: { code: -32603, message: `The hub does not answer: ${(cause as Error).message}` },
      });
    }
  };
  const pass = async (message: Message) => {
    // Over HTTP requests overtake each other; nothing may overtake the one that opens the session.
    const before = initializing?.settled.promise;
    if (message.method === "initialize") initializing = { id: message.id, settled: Promise.withResolvers() };
    if (before) await before;
    if (isRequest(message)) return ask(message);
    if (message.method === "notifications/cancelled") running.get(message.params?.["requestId"] as string | number)?.abort();
    await far.send(message).catch(() => undefined);
  };

  near.onmessage = (message) => void pass(message);
  far.onmessage = (message) => void answer(message as Message).catch(() => undefined);
  near.onclose = left.resolve;
  await far.start();
  await near.start();
  await left.promise;
  await far.terminateSession().catch(() => undefined);
  await far.close();
}

const isRequest = (message: Message): message is Message & { readonly id: string | number } =>
  message.id !== undefined && message.method !== undefined;
