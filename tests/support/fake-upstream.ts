import { InMemoryServerEventBus } from "@modelcontextprotocol/server";
import { createFakeServer, type Offer } from "./fake-server.ts";
import { add, echo } from "./fake-tools.ts";
import { serveSse } from "./serve-sse.ts";
import { serveMcp, type McpListener, type ServeMcpOptions } from "./serve-mcp.ts";

export interface HttpUpstreamOptions extends Offer, Pick<ServeMcpOptions, "legacyOnly" | "port"> {
  /** Answers instead of the server while it returns a response: 401, 503, a redirect. */
  readonly refuse?: (request: Request) => Response | undefined;
  /** Speaks the transport of 2024-11-05 alone. */
  readonly sse?: boolean;
}

/** An HTTP request as it arrived; `message` is its body, read as JSON-RPC. */
export interface SeenRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly message?: { readonly method?: string; readonly params?: Record<string, unknown> };
}

export interface HttpUpstream extends McpListener {
  /** Every HTTP request that arrived, refused ones too. */
  readonly requests: readonly SeenRequest[];
  /** Replaces part of what the server has and tells every client whose list changed. */
  offer(changed: Offer): void;
  /** Tells those who subscribed to a resource that it changed. */
  touch(uri: string): void;
}

/** Starts a real MCP server on a free loopback port; it has `echo` and `add` unless given other tools. */
export function startHttpUpstream({ refuse, legacyOnly, port, sse = false, ...first }: HttpUpstreamOptions = {}): HttpUpstream {
  let current: Offer = { tools: [echo, add], ...first };
  const changes = new InMemoryServerEventBus();
  const requests: SeenRequest[] = [];
  const listener = (sse ? serveSse : serveMcp)({
    createServer: () => createFakeServer(() => current, changes),
    changes,
    legacyOnly,
    port,
    async intercept(request) {
      const body = await request.clone().text();
      const seen = { method: request.method, headers: request.headers };
      requests.push(body === "" ? seen : { ...seen, message: JSON.parse(body) as SeenRequest["message"] });
      return refuse?.(request);
    },
  });
  return {
    ...listener,
    requests,
    offer(changed) {
      current = { ...current, ...changed };
      if (changed.tools) changes.publish({ kind: "tools_list_changed" });
      if (changed.prompts) changes.publish({ kind: "prompts_list_changed" });
      if (changed.resources || changed.templates) changes.publish({ kind: "resources_list_changed" });
    },
    touch: (uri) => changes.publish({ kind: "resource_updated", uri }),
  };
}
