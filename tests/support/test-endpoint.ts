import { createCatalog } from "#hub/catalog/catalog.ts";
import { createPipeline } from "#hub/catalog/pipeline.ts";
import type { Source } from "#hub/catalog/source.ts";
import { createPolicy } from "#hub/gates/policy.ts";
import type { Exchange } from "#hub/gateway/exchange.ts";
import { createEndpoint } from "#hub/gateway/mcp/endpoint.ts";
import { createRounds } from "#hub/gateway/mcp/rounds.ts";
import { createWatches, type Watches } from "#hub/gateway/mcp/subscriptions.ts";
import { createRoutes } from "#hub/gateway/routes.ts";
import { localOwner, type Principal } from "#hub/kernel/principal.ts";
import { fakeRuntime, type FakeClock } from "./fake-runtime.ts";

export interface TestEndpoint extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly watches: Watches;
  ask(path: string, init: RequestInit, as?: string): Promise<Response>;
  sessions(): { readonly http: number; readonly sse: number };
}

/** The MCP doors over some sources, without a hub; who asks is who the test says. */
export function testEndpoint(sources: readonly Source[], principals: Readonly<Record<string, Partial<Principal>>>): TestEndpoint {
  const { clock: given, random } = fakeRuntime();
  const clock = given as FakeClock;
  const catalog = createCatalog({ clock, sources: () => sources });
  const watches = createWatches();
  const endpoint = createEndpoint({
    clock,
    random,
    catalog,
    watches,
    version: "1",
    rounds: createRounds({ clock, random }),
    maxSessions: 3,
    idleMs: 60_000,
    pipeline: createPipeline({
      clock,
      random,
      catalog,
      policy: createPolicy(),
      learn: async () => undefined,
      limits: { maxResultBytes: 10_000, maxConcurrentCalls: 10, maxToolFailures: 5 },
      finished: () => undefined,
    }),
    authenticate: (request) => {
      const id = request.headers.get("x-as")!;
      return { ...localOwner, ...principals[id], id };
    },
    declared: (name) => (sources.some(({ id }) => id === name) ? { tools: {}, resources: { subscribe: true } } : undefined),
  });
  const handler = createRoutes(endpoint.routes);
  const exchange: Exchange = {
    via: "tcp",
    peer: undefined,
    closing: new AbortController().signal,
    requestId: "r",
    route: undefined,
    keepOpen: () => undefined,
  };
  return {
    clock,
    watches,
    async ask(path, init, as = "ana") {
      const headers = {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(init.headers as object),
        "x-as": as,
      };
      return handler(new Request(`http://127.0.0.1${path}`, { ...init, headers }), { ...exchange });
    },
    sessions: () => endpoint.sessions(),
    [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
  };
}
