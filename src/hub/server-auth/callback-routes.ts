import type { Route } from "../gateway/routes.ts";
import { HubError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Random } from "../kernel/runtime.ts";
import { callbackPage } from "./callback-page.ts";
import { clientMetadata } from "./oauth-client.ts";
import { callbackPath } from "./prepare.ts";
import type { ServerAuth } from "./server-auth.ts";

export interface CallbackDeps {
  readonly serverAuth: Pick<ServerAuth, "complete">;
  readonly random: Random;
  readonly log: Log;
}

export interface CallbackRoutesDeps extends CallbackDeps {
  readonly clientMetadataUrl: () => string | undefined;
  readonly baseUrl: () => string;
}

/** Where mcp-hub had browsers sent back to: clients registered with that address stay good, by `auth.redirectUrl`. */
const formerPath = "/api/oauth/callback";
const documentPath = "/oauth/client-metadata.json";

/** A browser comes here by a redirect from another site. */
export const isCallback = (path: string): boolean => path === callbackPath || path === formerPath || path.startsWith(`${callbackPath}/`);

/** `GET /oauth/callback/{server}`, the same without a server and at mcp-hub's address, and the document that says who the hub is. */
export function callbackRoutes({ clientMetadataUrl, baseUrl, ...deps }: CallbackRoutesDeps): Route[] {
  return [
    { method: "GET", path: callbackPath, handle: (request) => answerCallback(request, undefined, deps) },
    { method: "GET", path: `${callbackPath}/{server}`, handle: (request, _, { server }) => answerCallback(request, server, deps) },
    {
      method: "GET",
      path: formerPath,
      handle: (request) => answerCallback(request, URL.parse(request.url)?.searchParams.get("server_name") ?? undefined, deps),
    },
    { method: "GET", path: documentPath, handle: () => clientDocument(clientMetadataUrl(), baseUrl()) },
  ];
}

/** Finishes a sign-in and tells the person how it went; any door that browsers are sent back to may use it. */
export async function answerCallback(
  request: Request,
  server: string | undefined,
  { serverAuth, random, log }: CallbackDeps,
): Promise<Response> {
  // Looking ahead must not spend the code.
  if (request.method === "HEAD" || request.headers.get("sec-purpose")?.includes("prefetch")) return new Response(null, { status: 204 });
  try {
    const { name } = await serverAuth.complete(request.url, server);
    return callbackPage({ status: 200, title: "Signed in", text: `The hub is signed in at ${name}. You can close this page.` }, random);
  } catch (cause) {
    const error = HubError.from(cause);
    if (error.code === "INTERNAL") log.error("a sign-in could not be finished", { cause });
    const { message, hint } = error;
    return callbackPage({ status: error.row.status === 502 ? 400 : error.row.status, title: "Not signed in", text: message, hint }, random);
  }
}

/** The Client ID Metadata Document, for whoever publishes it under the address that is configured. */
function clientDocument(url: string | undefined, baseUrl: string): Response {
  if (url === undefined) return Response.json({ error: "hub.clientMetadataUrl is not configured" }, { status: 404 });
  const document = { client_id: url, client_uri: new URL(url).origin, ...clientMetadata(`${baseUrl}${callbackPath}`) };
  return Response.json(document, { headers: { "cache-control": "max-age=300" } });
}
