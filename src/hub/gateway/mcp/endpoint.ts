import { createMcpHandler, isJsonContentType, isLegacyRequest, ProtocolErrorCode, type McpHttpHandler } from "@modelcontextprotocol/server";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Pipeline } from "../../catalog/pipeline.ts";
import { HubError } from "../../kernel/errors.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Exchange } from "../exchange.ts";
import { jsonFault } from "../read-body.ts";
import type { Route } from "../routes.ts";
import { createRequestServer, serverInfoOf } from "./door-server.ts";
import { isExtensionMethod } from "./extension-method.ts";
import { createListenStreams, isListen, type ListenStreams } from "./listen-streams.ts";
import { isPlainTool, plainAnswer, plainCall, runPlainCall, type Outcome } from "./plain-call.ts";
import { createSessions, type Sessions, type SessionsDeps } from "./sessions.ts";
import { createSseSessions, type SseSessions } from "./sse-sessions.ts";
import { aggregateView, serverView, type View } from "./view.ts";

export interface EndpointDeps extends SessionsDeps {
  readonly catalog: Catalog;
  readonly pipeline: Pipeline;
  readonly authenticate: (request: Request, exchange: Exchange) => Principal | Promise<Principal>;
  /** What a server declared at its last connection; undefined when there is no such server. */
  readonly declared: (server: string) => Record<string, unknown> | undefined;
}

export interface Endpoint extends AsyncDisposable {
  readonly routes: readonly Route[];
  /** Open sessions, by the transport they are held over. */
  sessions(): { readonly http: number; readonly sse: number };
}

interface Door {
  readonly view: View;
  readonly modern: McpHttpHandler;
  readonly listening: ListenStreams;
  readonly changes: Disposable;
}

/** The MCP doors over HTTP: both eras on one path, sessions where the client wants them, HTTP+SSE for the oldest. */
export const createEndpoint = (deps: EndpointDeps): Endpoint => new HttpEndpoint(deps);

class HttpEndpoint implements Endpoint {
  readonly routes: readonly Route[];
  readonly #sessions: Sessions;
  readonly #sse: SseSessions;
  readonly #doors = new Map<string, Door>();

  constructor(readonly deps: EndpointDeps) {
    this.#sessions = createSessions(deps);
    this.#sse = createSseSessions(deps);
    const methods = ["GET", "POST", "DELETE"] as const;
    this.routes = [
      ...methods.map((method): Route => ({
        method,
        path: "/mcp",
        handle: (request, exchange) => this.#serve(request, exchange, undefined),
      })),
      ...methods.map((method): Route => ({
        method,
        path: "/mcp/s/{server}",
        handle: (request, exchange, { server }) => this.#serve(request, exchange, server),
      })),
      { method: "GET", path: "/sse", handle: (request, exchange) => this.#openSse(request, exchange) },
      { method: "POST", path: "/messages", handle: (request, exchange) => this.#postSse(request, exchange) },
    ];
  }

  sessions(): { readonly http: number; readonly sse: number } {
    return { http: this.#sessions.count(), sse: this.#sse.count() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { changes, listening } of this.#doors.values()) {
      changes[Symbol.dispose]();
      listening[Symbol.dispose]();
    }
    const closed = [...this.#doors.values()].map(({ modern }) => modern.close());
    await Promise.all([...closed, this.#sessions[Symbol.asyncDispose](), this.#sse[Symbol.asyncDispose]()]);
  }

  #door(server: string | undefined): Door {
    const key = server ?? "";
    const known = this.#doors.get(key);
    if (known) return known;
    if (server !== undefined && !this.deps.declared(server))
      throw new HubError("NOT_FOUND", `There is no server ${server}`, { hint: "List them with `hubctl servers list`" });
    const view =
      server === undefined ? aggregateView(this.deps, "mcp") : serverView(this.deps, server, () => this.deps.declared(server) ?? {});
    const made = openDoor(view, this.deps);
    this.#doors.set(key, made);
    return made;
  }

  async #serve(request: Request, exchange: Exchange, server: string | undefined): Promise<Response> {
    const principal = await this.deps.authenticate(request, exchange);
    const { view, modern, listening } = this.#door(server);
    exchange.keepOpen();
    if (request.method !== "POST") {
      const opensSse = request.method === "GET" && !request.headers.has("mcp-session-id") && !request.headers.has("mcp-protocol-version");
      return opensSse ? this.#sse.open({ view, principal }) : this.#sessions.handle(request, undefined, { view, principal });
    }
    const body = await readJson(request);
    if (body instanceof Unreadable) return parseError(body);
    const send = (parsedBody: unknown, outcome?: Outcome) =>
      modern.fetch(request, { parsedBody, authInfo: { token: "", clientId: principal.id, scopes: [], extra: { principal, outcome } } });
    const plain = plainCall(request.headers, body);
    if (plain && isPlainTool(plain, view)) {
      const outcome = await runPlainCall(plain, request.signal, { view, principal, rounds: this.deps.rounds });
      return plainAnswer(plain, outcome, serverInfoOf({ view, version: this.deps.version })) ?? send(body, outcome);
    }
    if (body !== undefined && !(await isLegacyRequest(request, body)))
      return isListen(body) ? listening.serve(body, principal, send) : methodUnknown(body, await send(body));
    return this.#sessions.handle(request, body, { view, principal });
  }

  async #openSse(request: Request, exchange: Exchange): Promise<Response> {
    exchange.keepOpen();
    const principal = await this.deps.authenticate(request, exchange);
    return this.#sse.open({ view: this.#door(undefined).view, principal });
  }

  async #postSse(request: Request, exchange: Exchange): Promise<Response> {
    const principal = await this.deps.authenticate(request, exchange);
    const id = new URL(request.url, "http://hub").searchParams.get("sessionId") ?? "";
    return this.#sse.post(id, await readJson(request), principal);
  }
}

function openDoor(view: View, { version, rounds, watches }: EndpointDeps): Door {
  const modern = createMcpHandler(
    ({ authInfo }) => createRequestServer({ view, version, rounds, ...(authInfo!.extra as { principal: Principal; outcome?: Outcome }) }),
    { legacy: "reject" },
  );
  const changes = view.onChange((changed) => {
    if (changed.includes("tools")) modern.notify.toolsChanged();
    if (changed.includes("resources")) modern.notify.resourcesChanged();
    if (changed.includes("prompts")) modern.notify.promptsChanged();
  });
  const listening = createListenStreams({ view, watches, updated: (uri) => modern.notify.resourceUpdated(uri) });
  return { view, modern, changes, listening };
}

/**
 * 404 for a method that nobody knows (2026-07-28, Streamable HTTP), also where only the server behind the door could tell.
 * The SDK gives an error that comes from there the status of a result.
 */
async function methodUnknown(asked: unknown, response: Response): Promise<Response> {
  if (!isExtensionMethod((asked as { method?: unknown } | null)?.method) || response.status !== 200) return response;
  if (!isJsonContentType(response.headers.get("content-type"))) return response;
  const { headers } = response;
  const text = await response.text();
  const isUnknown = text.includes(String(ProtocolErrorCode.MethodNotFound)) && isMethodNotFound(JSON.parse(text));
  return new Response(text, { headers, status: isUnknown ? 404 : 200 });
}

const isMethodNotFound = (message: unknown) => (message as { error?: { code?: unknown } }).error?.code === ProtocolErrorCode.MethodNotFound;

/** A body that no message can be made of. */
class Unreadable {
  constructor(readonly why: string) {}
}

/** The parsed body; undefined where the media type is wrong, which the transports answer with 415. */
async function readJson(request: Request): Promise<unknown> {
  if (!isJsonContentType(request.headers.get("content-type"))) return undefined;
  const text = await request.text();
  try {
    const value = JSON.parse(text) as unknown;
    const fault = jsonFault(value);
    return fault === undefined ? value : new Unreadable(fault);
  } catch {
    return new Unreadable("is not JSON");
  }
}

const parseError = ({ why }: Unreadable) =>
  Response.json({ jsonrpc: "2.0", error: { code: -32700, message: `The body ${why}` }, id: null }, { status: 400 });
