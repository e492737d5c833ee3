import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";

/** HTTP+SSE of 2024-11-05: the server speaks over one long GET, the client by POSTs that answer 202. */
export class SseTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(
    readonly sessionId: string,
    /** Where the client is told to POST: a path of this server. */
    readonly postPath: string,
  ) {}

  /** The answer to the GET; reading it is what keeps the session alive. */
  response(): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
        this.#write(`event: endpoint\ndata: ${this.postPath}\n\n`);
      },
      cancel: () => this.close(),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-cache", "x-accel-buffering": "no" } });
  }

  async start(): Promise<void> {}

  async send(message: JSONRPCMessage): Promise<void> {
    this.#write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  }

  heartbeat(): void {
    this.#write(": heartbeat\n\n");
  }

  async close(): Promise<void> {
    const controller = this.#controller;
    if (!controller) return;
    this.#controller = undefined;
    try {
      controller.close();
    } catch {
      // The client has left already: there is nothing to close.
    }
    this.onclose?.();
  }

  #write(frame: string): void {
    this.#controller?.enqueue(this.#encoder.encode(frame));
  }
}
