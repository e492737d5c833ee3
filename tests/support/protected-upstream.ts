import { startHttpUpstream, type HttpUpstream, type HttpUpstreamOptions } from "./fake-upstream.ts";
import type { FakeAuthServer } from "./fake-auth-server.ts";

/** What a protected server says of itself; read anew for every request. */
export interface Protection {
  /** Whose tokens it takes, and whom it names. */
  auth: FakeAuthServer;
  /** Replaces fields of the protected resource metadata; undefined: it has none. */
  metadata: Record<string, unknown> | undefined;
  /** Scopes it wants for everything, and those it wants for a method besides. */
  scope?: string;
  methods: Record<string, string>;
  /** Tells where its metadata is; otherwise they must be looked for. */
  hints: boolean;
  /** Requests that need no token. */
  open: (request: Request) => boolean;
}

export interface ProtectedOptions extends Partial<Protection>, Pick<HttpUpstreamOptions, "sse" | "legacyOnly"> {}

export interface ProtectedUpstream extends HttpUpstream {
  readonly protection: Protection;
}

/** A real MCP server that lets in only those who bring a token of its authorization server. */
export function startProtectedUpstream(auth: FakeAuthServer, { sse, legacyOnly, ...given }: ProtectedOptions = {}): ProtectedUpstream {
  const protection: Protection = { auth, metadata: {}, methods: {}, hints: true, open: () => false, ...given };
  const upstream = startHttpUpstream({ sse, legacyOnly, refuse: (request) => answerInstead(request, protection) });
  return { ...upstream, protection };
}

function answerInstead(request: Request, protection: Protection): Response | undefined {
  const { origin, pathname } = new URL(request.url);
  const metadataUrl = `${origin}/.well-known/oauth-protected-resource/mcp`;
  if (pathname.startsWith("/.well-known/")) return metadataOf(request.url === metadataUrl, origin, protection);
  const { auth, metadata, scope, methods, hints, open } = protection;
  if (open(request)) return undefined;
  const challenge = (fields: Record<string, string | undefined>) => {
    const all = Object.entries({ ...fields, ...(hints && metadata && { resource_metadata: metadataUrl }) });
    const text = all.flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`])).join(", ");
    return { "www-authenticate": `Bearer ${text || 'realm="mcp"'}` };
  };
  const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
  const granted = token === undefined ? undefined : auth.scopeOf(token)?.split(" ");
  if (!granted) return Response.json({ error: "invalid_token" }, { status: 401, headers: challenge({ scope }) });
  const wanted = methods[request.headers.get("mcp-method") ?? ""];
  if (wanted === undefined || granted.includes(wanted)) return undefined;
  return Response.json({}, { status: 403, headers: challenge({ error: "insufficient_scope", scope: wanted }) });
}

function metadataOf(isAsked: boolean, origin: string, { auth, metadata, scope }: Protection): Response {
  if (!isAsked || !metadata) return new Response("not found", { status: 404 });
  const scopes = scope && { scopes_supported: scope.split(" ") };
  return Response.json({ resource: `${origin}/mcp`, authorization_servers: [auth.issuer], ...scopes, ...metadata });
}
