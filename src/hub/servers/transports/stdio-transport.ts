import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { HubError } from "../../kernel/errors.ts";
import type { Exit } from "../../kernel/runtime.ts";
import { createLineReader } from "./line-reader.ts";

/** What the transport needs of a started process; the spawn gate's `GatedProcess` is one. */
export interface StdioProcess {
  readonly pid: number;
  readonly stdin: { write(text: string): void | Promise<void>; end(): void };
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exited: Promise<Exit>;
  stop(): Promise<Exit>;
}

export interface StdioTransportOptions {
  readonly start: () => Promise<StdioProcess>;
  readonly onStderr: (chunk: string) => void;
  /** Text on stdout that is not protocol: banners, prints left in by mistake. */
  readonly onNoise: (line: string) => void;
  readonly maxMessageBytes: number;
}

/**
 * The SDK handles a notification a moment after it came but an answer at once, so of several messages in one chunk the
 * answer would overtake the progress before it, which is then dropped.
 */
const settle = () => Promise.resolve();

/** Lines of noise in a row after which a server is taken for one that does not speak MCP. */
const mostNoise = 10_000;
const mostNoiseBytes = 16_777_216;

/**
 * MCP over a child's stdin and stdout (specification, transports/stdio): one JSON-RPC message a line.
 * Unlike the SDK's own it starts nothing by itself, survives noise between messages and bounds every line.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** How the process ended, where it ended by itself. */
  exit: Exit | undefined;
  /** Why the transport gave the process up, where it did. */
  failure: Error | undefined;
  #process: StdioProcess | undefined;
  #noise = 0;
  #noiseBytes = 0;
  #delivered: Promise<unknown> = Promise.resolve();
  #closing = false;
  #closed = false;

  constructor(readonly options: StdioTransportOptions) {}

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async start(): Promise<void> {
    const child = await this.options.start();
    this.#process = child;
    void pump(child.stderr, (text) => this.options.onStderr(text));
    const lines = createLineReader({
      maxBytes: this.options.maxMessageBytes,
      line: (line) => this.#take(line),
      overflow: (bytes) => this.#overflow(bytes),
    });
    const stdoutEnded = pump(child.stdout, lines.text);
    child.exited.then(
      async (exit) => {
        if (!this.#closing) this.exit = exit;
        await stdoutEnded;
        this.#end();
      },
      (cause: Error) => this.#fail(cause),
    );
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (!this.#process || this.#closed) throw new HubError("UPSTREAM_UNAVAILABLE", "The server's process has ended");
    await this.#process.stdin.write(`${JSON.stringify(message)}\n`);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#process?.stop();
    this.#end();
  }

  #take(line: string): void {
    const message = parseMessage(line);
    if (message) {
      this.#noise = 0;
      this.#noiseBytes = 0;
      this.#delivered = this.#delivered.then(settle).then(() => this.onmessage?.(message));
    } else if (line.trim() !== "") {
      this.#noise += 1;
      this.#noiseBytes += line.length;
      if (this.#noise <= 100) this.options.onNoise(line);
      if (!this.failure && (this.#noise >= mostNoise || this.#noiseBytes >= mostNoiseBytes))
        this.#fail(
          new HubError(
            "UPSTREAM_UNAVAILABLE",
            `The server floods stdout with text that is not MCP (${this.#noise} lines without a message)`,
          ),
        );
    }
  }

  #overflow(bytes: number): void {
    const limit = this.options.maxMessageBytes;
    this.#fail(
      new HubError("UPSTREAM_UNAVAILABLE", `The server sent a message of more than ${limit} bytes (${bytes} so far)`, {
        hint: "Raise hub.maxMessageBytes in the configuration, or ask the server for less at once",
      }),
    );
  }

  #fail(cause: Error): void {
    this.failure ??= cause;
    this.onerror?.(cause);
    void this.close();
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#delivered.then(() => this.onclose?.());
  }
}

function parseMessage(line: string): JSONRPCMessage | undefined {
  const first = line.trimStart()[0];
  if (first !== "{") return undefined;
  try {
    const message = JSON.parse(line) as JSONRPCMessage;
    return message.jsonrpc === "2.0" ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Decodes as UTF-8, invalid bytes becoming U+FFFD, until the stream ends or breaks. */
async function pump(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
  } catch {
    // A pipe that breaks ends like one that closes: `exited` tells the rest.
  }
  take(decoder.decode());
}
