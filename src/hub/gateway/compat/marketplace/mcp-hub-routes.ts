import type { Log } from "../../../kernel/log.ts";
import type { OperationGuard } from "../../../kernel/operation.ts";
import type { Clock } from "../../../kernel/runtime.ts";
import type { McpHubList } from "../../../marketplace/mcp-hub-list.ts";
import { caught } from "../../failure.ts";
import { readJsonObject } from "../../read-body.ts";
import { requestUrl } from "../../request-url.ts";
import type { Authenticate } from "../../rest.ts";
import type { Route, RouteHandler } from "../../routes.ts";

export interface McpHubMarketplaceOptions {
  readonly marketplace: McpHubList;
  readonly authenticate: Authenticate;
  readonly guard: OperationGuard;
  readonly clock: Clock;
  readonly log: Log;
}

/** `/api/marketplace` and `/api/marketplace/details`, as mcp-hub answers them; here no network can make them fail. */
export function mcpHubMarketplaceRoutes({ marketplace, authenticate, guard, clock, log }: McpHubMarketplaceOptions): Route[] {
  const timestamp = () => new Date(clock.now()).toISOString();
  const failed = (status: number, told: { readonly error: string; readonly code: string; readonly data?: object }) =>
    Response.json({ data: {}, ...told, timestamp: timestamp() }, { status });
  const invalid = (error: string, data?: object) => failed(400, { error, code: "VALIDATION_ERROR", ...(data && { data }) });
  const guarded =
    (answer: RouteHandler): RouteHandler =>
    async (request, exchange, params) => {
      try {
        guard.operation(await authenticate(request, exchange), { name: "marketplace.search", scope: "marketplace:read" });
        return await answer(request, exchange, params);
      } catch (cause) {
        const { code, message, row } = caught(cause, exchange, log);
        if (code === "VALIDATION") return invalid(message);
        const error = code === "INTERNAL" ? "Something went wrong inside hubctl" : message;
        return failed(row.status, { error, code: "MARKETPLACE_ERROR" });
      }
    };
  return [
    {
      method: "GET",
      path: "/api/marketplace",
      handle: guarded(async (request) => {
        const query = requestUrl(request).searchParams;
        const text = (name: string) => query.get(name) || undefined;
        const tags = text("tags")
          ?.split(",")
          .map((tag) => tag.trim())
          .filter(Boolean);
        const servers = await marketplace.list({ search: text("search"), category: text("category"), tags, sort: text("sort") });
        return Response.json({ servers, timestamp: timestamp() });
      }),
    },
    {
      method: "POST",
      path: "/api/marketplace/details",
      handle: guarded(async (request) => {
        const { mcpId } = await readJsonObject(request, clock);
        if (typeof mcpId !== "string" || mcpId === "") return invalid("Missing required field: mcpId");
        const server = await marketplace.details(mcpId);
        if (!server) return invalid("Server not found in marketplace", { mcpId });
        return Response.json({ server, timestamp: timestamp() });
      }),
    },
  ];
}
