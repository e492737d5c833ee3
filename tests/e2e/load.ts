import { connect, type Socket } from "node:net";

/** What one client has seen. */
export interface LoadReport {
  readonly calls: number;
  /** How each failed request failed. */
  readonly failures: readonly string[];
}

/** A tool call that needs nothing but itself, as clients of 2026-07-28 send it. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Load {
  /** Calls answered so far, of all clients. */
  count(): number;
  stop(): Promise<LoadReport>;
}

export interface LoadOptions {
  readonly url: string;
  readonly call: ToolCall;
  /** What each answer must contain. */
  readonly answer: string;
  /** Clients that open a connection for every call. */
  readonly fresh: number;
  /** Clients that use their connection as long as the hub lets them. */
  readonly kept: number;
}

/**
 * Calls a tool without a pause. It speaks HTTP itself, for the clients at hand try again when a connection breaks, which would hide
 * what is looked for: a connect that is refused, an answer that does not come, one that is not the tool's.
 */
export function startLoad({ url, call, answer, fresh, kept }: LoadOptions): Load {
  const { hostname, port } = new URL(url);
  const failures: string[] = [];
  let calls = 0;
  let isOver = false;
  const client = async (keeps: boolean) => {
    let line: Line | undefined;
    while (!isOver)
      try {
        line = line?.isOpen() ? line : await Line.open(hostname, Number(port));
        const { head, body } = await line.ask(requestOf(call, keeps));
        if (!head.startsWith("HTTP/1.1 200 ") || !body.includes(answer)) throw new Error(`${head.split("\r\n")[0]} ${body}`);
        calls++;
        if (!keeps || /^connection: close$/im.test(head)) line.hangUp();
      } catch (cause) {
        failures.push(`${keeps ? "kept" : "fresh"}: ${String(cause)}`);
        line?.hangUp();
      }
    line?.hangUp();
  };
  const clients = [...repeat(fresh, () => client(false)), ...repeat(kept, () => client(true))];
  return {
    count: () => calls,
    async stop() {
      isOver = true;
      await Promise.all(clients);
      return { calls, failures };
    },
  };
}

const repeat = <T>(times: number, make: () => T): T[] => Array.from({ length: times }, make);

const version = "2026-07-28";

export function requestOf(call: ToolCall, keeps: boolean): string {
  const meta = {
    "io.modelcontextprotocol/protocolVersion": version,
    "io.modelcontextprotocol/clientInfo": { name: "load", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { ...call, _meta: meta } });
  const head = [
    "POST /mcp HTTP/1.1",
    "Host: localhost",
    "Content-Type: application/json",
    "Accept: application/json, text/event-stream",
    `MCP-Protocol-Version: ${version}`,
    "Mcp-Method: tools/call",
    `Mcp-Name: ${call.name}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(keeps ? [] : ["Connection: close"]),
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

interface Answer {
  readonly head: string;
  readonly body: string;
}

/** One connection. */
export class Line {
  #text = "";
  #isOpen = true;
  #wake: () => void = () => undefined;

  private constructor(readonly socket: Socket) {
    const end = () => {
      this.#isOpen = false;
      this.#wake();
    };
    socket.setEncoding("utf8").setNoDelay();
    socket.on("data", (text: string) => {
      this.#text += text;
      this.#wake();
    });
    socket.on("end", end).on("close", end).on("error", end);
  }

  static open(host: string, port: number): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host, () => resolve(new Line(socket.off("error", reject))));
      socket.once("error", reject);
    });
  }

  isOpen(): boolean {
    return this.#isOpen;
  }

  hangUp(): void {
    this.#isOpen = false;
    this.socket.destroy();
  }

  async ask(request: string): Promise<Answer> {
    this.#text = "";
    this.socket.write(request);
    for (;;) {
      const answer = complete(this.#text);
      if (answer) return answer;
      if (!this.#isOpen) throw new Error(`the connection ended after ${this.#text.length} characters of the answer`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** An answer of known length, or one in chunks, the last of which is empty; its body still has their lengths in it. */
function complete(text: string): Answer | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [head, body] = [text.slice(0, end), text.slice(end + 4)];
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  const isWhole = length === undefined ? body.endsWith("0\r\n\r\n") : Buffer.byteLength(body) >= Number(length);
  return isWhole ? { head, body } : undefined;
}
