import { HubError } from "../../../kernel/errors.ts";
import { requestUrl } from "../../request-url.ts";
import type { Announcer } from "./announcer.ts";
import type { McpHubDeps } from "./deps.ts";
import { missingField, refusal } from "./refusal.ts";
import { textIn } from "./request-body.ts";
import type { Asked, McpHubRoute } from "./route.ts";
import { serverObject, statusOf, type ServerView } from "./server-object.ts";

/** The server a request names; throws mcp-hub's refusals. */
export function serverNamed({ body }: Pick<Asked, "body">, { servers }: Pick<McpHubDeps, "servers">, data: object = {}): ServerView {
  const name = textIn(body, "server_name");
  if (name === undefined) throw missingField("server_name", "server name");
  const server = servers.find(name);
  if (!server) throw refusal("SERVER_ERROR", "Server not found", { server: name, ...data });
  return server;
}

/** Looking at servers, and switching them. */
export function serverRoutes(deps: McpHubDeps, announcer: Announcer): McpHubRoute[] {
  const { servers, clock, invokeAs } = deps;
  const shown = (server: ServerView) => serverObject(servers.find(server.entry.name) ?? server, clock.now());
  const all = () => servers.all().map((server) => serverObject(server, clock.now()));
  const invoke = ({ principal, request }: Asked, operation: string, input: object) =>
    invokeAs(principal)(operation, input, { signal: request.signal });
  const post = (path: `/api/${string}`, code: string, run: McpHubRoute["run"]): McpHubRoute => ({
    method: "POST",
    path,
    scope: "servers:write",
    code,
    run,
  });
  return [
    { method: "GET", path: "/api/servers", scope: "servers:read", code: "REQUEST_ERROR", run: () => ({ servers: all() }) },
    { ...post("/api/servers/info", "SERVER_ERROR", (asked) => ({ server: shown(serverNamed(asked, deps)) })), scope: "servers:read" },
    post("/api/servers/start", "SERVER_START_ERROR", async (asked) => {
      const server = serverNamed(asked, deps);
      const { name } = server.entry;
      try {
        await invoke(asked, "servers.start", { name });
      } finally {
        announcer.touched(name);
      }
      const now = servers.find(name) ?? server;
      const { error } = serverObject(now, clock.now());
      if (statusOf(now) === "disconnected")
        throw refusal("CONNECTION_ERROR", `Failed to connect to "${name}" MCP server: ${error ?? "it was stopped"}`, {
          server: name,
          error: error ?? "stopped",
        });
      return { status: "ok", server: shown(now) };
    }),
    post("/api/servers/stop", "SERVER_STOP_ERROR", async (asked) => {
      const server = serverNamed(asked, deps);
      const { name } = server.entry;
      const disable = requestUrl(asked.request).searchParams.get("disable") === "true";
      // Stopping what is disabled would only make it look as if it had been running.
      if (disable || statusOf(server) !== "disabled") await invoke(asked, "servers.stop", { name, disable });
      announcer.touched(name);
      return { status: "ok", server: shown(server) };
    }),
    post("/api/servers/refresh", "SERVER_REFRESH_ERROR", async (asked) => {
      const server = serverNamed(asked, deps);
      await invoke(asked, "servers.refresh", { name: server.entry.name });
      return { status: "ok", server: shown(server) };
    }),
    {
      method: "GET",
      path: "/api/refresh",
      scope: "servers:write",
      code: "SERVERS_REFRESH_ERROR",
      run: async (asked) => {
        await Promise.all(servers.all().map(({ entry: { name } }) => invoke(asked, "servers.refresh", { name }).catch(ifGone)));
        return { status: "ok", servers: all() };
      },
    },
  ];
}

/** A server may be taken out of the configuration while all are asked. */
function ifGone(cause: unknown): void {
  if (HubError.from(cause).code !== "NOT_FOUND") throw cause;
}
