import {
  createMcpHandler,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
  WebStandardStreamableHTTPServerTransport,
  type McpServer,
  type Server,
  type ServerEventBus,
} from "@modelcontextprotocol/server";
import { createEventStore } from "./event-store.ts";

const ENDPOINT = "/mcp";

export interface ServeMcpOptions {
  /** Makes one server instance: per request at 2026-07-28, per session before. */
  readonly createServer: () => McpServer | Server;
  /** Where changes are announced to the streams of 2026-07-28 clients. */
  readonly changes: ServerEventBus;
  readonly port?: number;
  /** Speak no revision newer than 2025-11-25, as servers written before 2026-07-28 do. */
  readonly legacyOnly?: boolean;
  /** Sees every request first, and may answer it. */
  readonly intercept?: (request: Request) => Response | undefined | Promise<Response | undefined>;
}

export interface McpListener extends AsyncDisposable {
  readonly url: string;
  /** Forgets every session, as a server that was restarted does. */
  dropSessions(): Promise<void>;
}

/** Serves MCP on loopback at `/mcp`: 2026-07-28 without sessions, everything older with them. */
export function serveMcp({ createServer, changes, port = 0, legacyOnly = false, intercept }: ServeMcpOptions): McpListener {
  const modern = createMcpHandler(createServer, { legacy: "reject", bus: changes });
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();

  const openSession = async () => {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
      eventStore: createEventStore(),
      retryInterval: 100,
    });
    await createServer().connect(transport);
    return transport;
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
      const refused =
        hostHeaderValidationResponse(request, localhostAllowedHostnames()) ?? originValidationResponse(request, localhostAllowedOrigins());
      const answered = refused ?? (await intercept?.(request));
      if (answered) return answered;
      if (new URL(request.url).pathname !== ENDPOINT) return new Response("Not found", { status: 404 });
      if (!legacyOnly && !(await isLegacyRequest(request))) return modern.fetch(request);
      const sessionId = request.headers.get("mcp-session-id");
      const transport = sessionId === null ? await openSession() : sessions.get(sessionId);
      if (transport) return transport.handleRequest(request);
      return Response.json({ jsonrpc: "2.0", id: null, error: { code: -32001, message: "Session not found" } }, { status: 404 });
    },
  });

  return {
    url: `http://127.0.0.1:${listener.port}${ENDPOINT}`,
    dropSessions,
    async [Symbol.asyncDispose]() {
      await modern.close();
      await dropSessions();
      await listener.stop(true);
    },
  };
}
