/** JSON-RPC over stdio by hand, for servers that break the rules the SDK keeps. */
export interface Asked {
  readonly args?: Record<string, unknown>;
  readonly meta?: Record<string, unknown>;
}

export interface HandWrittenServer {
  /** Writes the answer to a `tools/call`; the others are answered properly. */
  readonly call: (id: unknown, name: string, asked: Asked) => Promise<void>;
  readonly tools?: readonly string[];
}

/** Resolves when the line is out: a program that ends before loses what is still in its buffers. */
export const write = (bytes: string | Uint8Array): Promise<void> => new Promise((resolve) => process.stdout.write(bytes, () => resolve()));

export const send = (message: object): Promise<void> => write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

/** Answers what a client of 2025-11-25 asks, until its standard input ends. */
export async function serveByHand({ call, tools = ["misbehave"] }: HandWrittenServer): Promise<void> {
  for await (const line of console) {
    const { id, method, params } = JSON.parse(line) as {
      id?: unknown;
      method?: string;
      params?: { name?: string; arguments?: Record<string, unknown>; _meta?: Record<string, unknown> };
    };
    if (id === undefined) continue;
    if (method === "initialize")
      await send({
        id,
        result: { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo: { name: "by-hand", version: "1.0.0" } },
      });
    else if (method === "ping") await send({ id, result: {} });
    else if (method === "tools/list")
      await send({ id, result: { tools: tools.map((name) => ({ name, description: name, inputSchema: { type: "object" } })) } });
    else if (method === "tools/call") await call(id, params?.name ?? "", { args: params?.arguments, meta: params?._meta });
    else await send({ id, error: { code: -32601, message: "Method not found" } });
  }
}

export const answer = (id: unknown, text: string): Promise<void> => send({ id, result: { content: [{ type: "text", text }] } });
