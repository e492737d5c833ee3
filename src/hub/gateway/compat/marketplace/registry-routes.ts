import { HubError } from "../../../kernel/errors.ts";
import type { Log } from "../../../kernel/log.ts";
import type { OperationGuard } from "../../../kernel/operation.ts";
import type { RegistryPage, RegistryQuery } from "../../../marketplace/subregistry.ts";
import type { Exchange } from "../../exchange.ts";
import { caught } from "../../failure.ts";
import { requestUrl } from "../../request-url.ts";
import type { Authenticate } from "../../rest.ts";
import type { Route } from "../../routes.ts";

/** The marketplace, as this door needs it. */
export interface Registry {
  page(query: RegistryQuery): Promise<RegistryPage>;
  versions(name: string): Promise<RegistryPage>;
  entry(name: string, version: string): Promise<object>;
}

export interface RegistryRoutesOptions {
  readonly registry: Registry;
  readonly authenticate: Authenticate;
  readonly guard: OperationGuard;
  readonly log: Log;
}

const prefix = "/v0.1/servers";
const mostPerPage = 100;

/** The reading half of the official registry's API, so that any of its clients can use this hub as a subregistry. */
export function registryRoutes({ registry, authenticate, guard, log }: RegistryRoutesOptions): Route[] {
  type Answer = (request: Request, params: Readonly<Record<string, string>>) => Promise<object>;
  const route = (path: `/${string}`, answer: Answer): Route => ({
    method: "GET",
    path,
    handle: async (request, exchange, params) => {
      try {
        guard.operation(await authenticate(request, exchange), { name: "marketplace.registry", scope: "marketplace:read" });
        return Response.json(await answer(request, params));
      } catch (cause) {
        return problem(caught(cause, exchange, log), exchange);
      }
    },
  });
  return [
    route(prefix, (request) => registry.page(readQuery(requestUrl(request).searchParams))),
    route(`${prefix}/{name}`, (_, { name = "" }) => registry.entry(name, "latest")),
    route(`${prefix}/{name}/versions`, (_, { name = "" }) => registry.versions(name)),
    route(`${prefix}/{name}/versions/{version}`, (_, { name = "", version = "" }) => registry.entry(name, version)),
  ];
}

function readQuery(query: URLSearchParams): RegistryQuery {
  const limit = query.get("limit");
  if (limit !== null && !(/^\d{1,4}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= mostPerPage))
    throw new HubError("VALIDATION", `limit must be a number from 1 to ${mostPerPage}`);
  const text = (name: string) => query.get(name) || undefined;
  return {
    cursor: text("cursor"),
    limit: limit === null ? undefined : Number(limit),
    search: text("search"),
    updatedSince: text("updated_since"),
    version: text("version"),
    includeDeleted: query.get("include_deleted") === "true",
  };
}

/** Errors as the registry answers them (RFC 9457). */
function problem(error: HubError, { requestId }: Exchange): Response {
  const { status } = error.row;
  const detail = error.code === "INTERNAL" ? `Something went wrong inside hubctl; the log has it under ${requestId}` : error.message;
  return Response.json(
    { title: titles[status] ?? "Error", status, detail },
    { status, headers: { "content-type": "application/problem+json" } },
  );
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  500: "Internal Server Error",
};
