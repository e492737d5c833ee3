// The server behind every subject: one tool, `echo`, and nothing between it and the socket. `/mcp` speaks 2026-07-28 without
// sessions, `/old` what servers spoke before. Prints its origin.
interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: { readonly arguments?: { readonly text?: string }; readonly protocolVersion?: string };
}

const serverInfo = { name: "bench-echo", version: "1.0.0" };
const capabilities = { tools: {} };
const tools = [
  {
    name: "echo",
    description: "Answers with the text it was given",
    inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  },
];
const cache = { ttlMs: 0, cacheScope: "private" };

function resultOf({ method, params }: Message): Record<string, unknown> | undefined {
  if (method === "tools/call") return { content: [{ type: "text", text: params?.arguments?.text }] };
  if (method === "tools/list") return { tools, ...cache };
  if (method === "server/discover") return { supportedVersions: ["2026-07-28"], capabilities, serverInfo, ...cache };
  if (method === "initialize") return { protocolVersion: params?.protocolVersion, capabilities, serverInfo };
  return undefined;
}

const listener = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const message = (await request.json()) as Message;
    const { id } = message;
    if (id === undefined) return new Response(null, { status: 202 });
    const result = resultOf(message);
    if (!result) return Response.json({ jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } });
    const isModern = request.headers.has("mcp-method");
    return Response.json({ jsonrpc: "2.0", id, result: isModern ? { resultType: "complete", ...result } : result });
  },
});
console.log(listener.url.origin);
