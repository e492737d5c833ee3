import { HubError } from "../../../kernel/errors.ts";
import type { Announcer } from "./announcer.ts";
import type { McpHubDeps } from "./deps.ts";
import { missingField, refusal } from "./refusal.ts";
import { textIn } from "./request-body.ts";
import type { Asked, McpHubRoute } from "./route.ts";

/** Signing in to servers; the browser comes back by `/api/oauth/callback`. */
export function authorizeRoutes({ servers, invokeAs }: McpHubDeps, announcer: Announcer): McpHubRoute[] {
  const invoke = ({ principal, request }: Asked, operation: string, input: object) =>
    invokeAs(principal)(operation, input, { signal: request.signal });
  return [
    {
      method: "POST",
      path: "/api/servers/authorize",
      scope: "servers:write",
      code: "OPEN_REQUEST_ERROR",
      // The answer has no time in it, as mcp-hub's.
      run: async (asked) => {
        const name = textIn(asked.body, "server_name");
        if (name === undefined) throw missingField("server_name", "server name");
        if (servers.find(name)?.status.authorizationUrl === undefined)
          throw refusal("OPEN_REQUEST_ERROR", `No authorization URL available for server '${name}'`, { originalError: {} });
        const { authorizationUrl } = (await invoke(asked, "servers.authorize", { name, open: true })) as { authorizationUrl: string };
        return Response.json({ authorizationUrl });
      },
    },
    {
      method: "POST",
      path: "/api/oauth/manual_callback",
      scope: "servers:write",
      code: "MANUAL_OAUTH_CALLBACK_ERROR",
      run: async (asked) => {
        const url = textIn(asked.body, "url");
        if (url === undefined) throw missingField("url", "URL parameter");
        if (!URL.canParse(url))
          throw refusal("ERR_INVALID_URL", "Invalid URL", { url, originalError: { code: "ERR_INVALID_URL", input: url } });
        if (!new URL(url).searchParams.has("code")) throw refusal("VALIDATION_ERROR", "Missing code parameter");
        const done = invoke(asked, "servers.completeAuthorization", { url }).catch((cause: unknown) => exchangeFailed(cause, url));
        const { name } = (await done) as { name: string };
        announcer.touched(name);
        return { status: "ok", message: `Signed in to '${name}'`, server_name: name };
      },
    },
  ];
}

/** Whatever is wrong with the code is one error to mcp-hub's clients; the code itself is not said again. */
function exchangeFailed(cause: unknown, url: string): never {
  const error = HubError.from(cause);
  if (error.code === "INTERNAL" || error.code === "FORBIDDEN") throw error;
  const { origin, pathname } = new URL(url);
  throw refusal("MANUAL_OAUTH_CALLBACK_ERROR", error.message, { url: `${origin}${pathname}`, originalError: {} });
}
