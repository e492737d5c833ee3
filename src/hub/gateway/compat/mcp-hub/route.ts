import type { Method } from "../../../kernel/operation.ts";
import type { Principal } from "../../../kernel/principal.ts";
import type { Exchange } from "../../exchange.ts";
import type { Route } from "../../routes.ts";
import type { McpHubDeps } from "./deps.ts";
import { refusalResponse } from "./refusal.ts";
import { requestBody } from "./request-body.ts";

/** A request that has been let in. */
export interface Asked {
  readonly request: Request;
  readonly exchange: Exchange;
  readonly principal: Principal;
  /** `{}` where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface McpHubRoute {
  readonly method: Method;
  readonly path: `/api/${string}`;
  readonly scope: string;
  /** mcp-hub's code of a failure that has none of its own. */
  readonly code: string;
  /** The fields of the answer, to which the time is added; or a whole answer. */
  readonly run: (asked: Asked) => Promise<object> | object;
}

/** Makes a route that asks for the scope, and answers and fails in mcp-hub's form. */
export function mcpHubRoute(
  { method, path, scope, code, run }: McpHubRoute,
  { clock, log, authenticate, guard }: Pick<McpHubDeps, "clock" | "log" | "authenticate" | "guard">,
): Route {
  return {
    method,
    path,
    handle: async (request, exchange) => {
      try {
        const principal = await authenticate(request, exchange);
        guard.operation(principal, { name: `${method} ${path}`, scope });
        const body = method === "GET" ? {} : await requestBody(request, clock);
        exchange.keepOpen();
        const answer = await run({ request, exchange, principal, body });
        if (answer instanceof Response) return answer;
        return Response.json({ ...answer, timestamp: new Date(clock.now()).toISOString() });
      } catch (cause) {
        return refusalResponse(cause, { exchange, log, now: clock.now(), code });
      }
    },
  };
}
