import { SseTransport } from "#hub/gateway/mcp/sse-session.ts";
import type { JSONRPCMessage } from "@modelcontextprotocol/server";
import type { McpListener, ServeMcpOptions } from "./serve-mcp.ts";

/** Serves MCP on loopback at `/mcp` by the HTTP+SSE transport of 2024-11-05 and no other. */
export function serveSse({ createServer, intercept, port = 0 }: ServeMcpOptions): McpListener {
  const sessions = new Map<string, SseTransport>();
  const open = async () => {
    const id = crypto.randomUUID();
    const transport = new SseTransport(id, `/mcp?session=${id}`);
    sessions.set(id, transport);
    await createServer().connect(transport);
    return transport.response();
  };
  const dropSessions = async () => {
    const dropped = [...sessions.values()];
    sessions.clear();
    await Promise.all(dropped.map((transport) => transport.close()));
  };
  const listener = Bun.serve({
    hostname: "127.0.0.1",
    port,
    idleTimeout: 0,
    async fetch(request) {
      const answered = await intercept?.(request);
      if (answered) return answered;
      if (request.method === "GET") return open();
      const id = new URL(request.url).searchParams.get("session");
      if (id === null) return new Response("Method not allowed", { status: 405 });
      const transport = sessions.get(id);
      if (!transport) return new Response("Unknown session", { status: 404 });
      transport.onmessage?.((await request.json()) as JSONRPCMessage);
      return new Response("Accepted", { status: 202 });
    },
  });
  return {
    url: `http://127.0.0.1:${listener.port}/mcp`,
    dropSessions,
    async [Symbol.asyncDispose]() {
      await dropSessions();
      await listener.stop(true);
    },
  };
}
