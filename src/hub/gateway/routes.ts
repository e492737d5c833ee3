import { HubError } from "../kernel/errors.ts";
import type { Method } from "../kernel/operation.ts";
import type { Handler } from "./compose.ts";
import type { Exchange } from "./exchange.ts";
import { failure } from "./failure.ts";
import { requestUrl } from "./request-url.ts";

export type RouteHandler = (request: Request, exchange: Exchange, params: Readonly<Record<string, string>>) => Response | Promise<Response>;

/** A method and a path; `{name}` takes one segment, a last segment `*` takes all that follows. */
export interface Route {
  readonly method: Method | "OPTIONS";
  readonly path: `/${string}`;
  readonly handle: RouteHandler;
}

interface Node {
  readonly literals: Map<string, Node>;
  param?: Node;
  rest?: Leaf;
  leaf?: Leaf;
}

interface Leaf {
  readonly methods: Map<string, { readonly route: Route; readonly names: readonly string[] }>;
}

const newNode = (): Node => ({ literals: new Map() });
const newLeaf = (): Leaf => ({ methods: new Map() });

/** Serves a fixed set of routes; a literal segment wins over a parameter, that over `*`. */
export function createRoutes(routes: readonly Route[]): Handler {
  const root = newNode();
  for (const route of routes) add(root, route);
  return (request, exchange) => {
    const segments = decodeSegments(requestUrl(request).pathname);
    if (!segments) return failure(new HubError("VALIDATION", "The path is not percent-encoded UTF-8"), exchange);
    const found = find(root, segments);
    if (!found)
      return failure(new HubError("NOT_FOUND", "There is nothing at this path", { hint: "See /docs for what there is" }), exchange);
    const { leaf, values } = found;
    const method = request.method === "HEAD" && !leaf.methods.has("HEAD") ? "GET" : request.method;
    const match = leaf.methods.get(method);
    if (!match) return wrongMethod(leaf, exchange);
    exchange.route = match.route.path;
    return match.route.handle(request, exchange, Object.fromEntries(match.names.map((name, at) => [name, values[at]!])));
  };
}

function add(root: Node, route: Route): void {
  const segments = route.path.split("/").slice(1);
  const names = segments.flatMap((segment) => (segment === "*" ? ["*"] : isParam(segment) ? [segment.slice(1, -1)] : []));
  let node = root;
  for (const segment of segments) {
    if (segment === "*") break;
    if (isParam(segment)) node = node.param ??= newNode();
    else node = getOrAdd(node.literals, segment);
  }
  const leaf = segments.at(-1) === "*" ? (node.rest ??= newLeaf()) : (node.leaf ??= newLeaf());
  const taken = leaf.methods.get(route.method);
  if (taken) throw new HubError("INTERNAL", `${route.method} ${route.path} would hide ${route.method} ${taken.route.path}`);
  leaf.methods.set(route.method, { route, names });
}

const isParam = (segment: string) => segment.startsWith("{") && segment.endsWith("}");

function getOrAdd(nodes: Map<string, Node>, name: string): Node {
  const known = nodes.get(name) ?? newNode();
  nodes.set(name, known);
  return known;
}

interface Found {
  readonly leaf: Leaf;
  readonly values: readonly string[];
}

/** Depth first: a literal that leads nowhere gives way to the parameter beside it. */
function find(node: Node, segments: readonly string[], at = 0): Found | undefined {
  const segment = segments[at];
  if (segment === undefined) return node.leaf && { leaf: node.leaf, values: [] };
  const literal = node.literals.get(segment);
  const named = literal && find(literal, segments, at + 1);
  if (named) return named;
  const below = segment === "" ? undefined : node.param && find(node.param, segments, at + 1);
  if (below) return { leaf: below.leaf, values: [segment, ...below.values] };
  return node.rest && { leaf: node.rest, values: [segments.slice(at).join("/")] };
}

/** Split before decoding: an encoded slash belongs to its segment. */
function decodeSegments(path: string): string[] | undefined {
  try {
    return path.split("/").slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function wrongMethod(leaf: Leaf, exchange: Exchange): Response {
  const allowed = [...leaf.methods.keys()];
  const allow = (allowed.includes("GET") ? [...allowed, "HEAD"] : allowed).join(", ");
  const error = new HubError("VALIDATION", "This path does not take this method", { hint: `It takes ${allow}`, details: { status: 405 } });
  return failure(error, { requestId: exchange.requestId, headers: { allow } });
}
