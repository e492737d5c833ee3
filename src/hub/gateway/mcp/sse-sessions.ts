import { parseJSONRPCMessage } from "@modelcontextprotocol/server";
import { HubError } from "../../kernel/errors.ts";
import type { Principal } from "../../kernel/principal.ts";
import { connectLegacy } from "./connect-legacy.ts";
import type { SessionsDeps } from "./sessions.ts";
import { SseTransport } from "./sse-session.ts";
import type { View } from "./view.ts";

export interface SseSessions extends AsyncDisposable {
  open(asked: { readonly view: View; readonly principal: Principal }): Promise<Response>;
  post(id: string, body: unknown, principal: Principal): Response;
  count(): number;
}

interface Session {
  readonly transport: SseTransport;
  readonly principal: string;
  close(): Promise<void>;
}

const heartbeatMs = 15_000;

/** Sessions of clients that know only HTTP+SSE. */
export function createSseSessions(deps: SessionsDeps): SseSessions {
  const sessions = new Map<string, Session>();
  const beat = deps.clock.every(heartbeatMs, () => {
    for (const { transport } of sessions.values()) transport.heartbeat();
  });
  return {
    count: () => sessions.size,
    async open({ view, principal }) {
      if (sessions.size >= deps.maxSessions)
        throw new HubError("UNAVAILABLE", `The hub already holds ${sessions.size} sessions`, {
          hint: "Close some, or raise hub.maxSessions",
        });
      const id = Buffer.from(deps.random.bytes(24)).toString("hex");
      const transport = new SseTransport(id, `/messages?sessionId=${id}`);
      const response = transport.response();
      const { server, listening } = await connectLegacy(transport, { view, principal, ...deps }, () => sessions.delete(id));
      listening();
      sessions.set(id, { transport, principal: principal.id, close: () => server.close() });
      return response;
    },
    post(id, body, principal) {
      const session = sessions.get(id);
      if (!session || session.principal !== principal.id)
        throw new HubError("NOT_FOUND", "There is no such session", { hint: "Open one with GET /sse" });
      const messages = Array.isArray(body) ? body : [body];
      if (messages.length === 0) throw new HubError("VALIDATION", "The body is an empty batch");
      for (const message of messages.map(parse)) session.transport.onmessage?.(message);
      return new Response("Accepted", { status: 202 });
    },
    async [Symbol.asyncDispose]() {
      beat[Symbol.dispose]();
      await Promise.all([...sessions.values()].map((session) => session.close()));
    },
  };
}

function parse(raw: unknown) {
  try {
    return parseJSONRPCMessage(raw);
  } catch (cause) {
    throw new HubError("VALIDATION", "The body is not a JSON-RPC message", { cause });
  }
}
