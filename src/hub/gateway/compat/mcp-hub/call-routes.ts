import { toolId } from "../../../catalog/naming.ts";
import type { Call } from "../../../catalog/call.ts";
import { settlePatienceMs } from "./announcer.ts";
import { callFailure, type CallCodes, type FailedCall } from "./call-failure.ts";
import type { McpHubDeps } from "./deps.ts";
import { missingField, refusal } from "./refusal.ts";
import { textIn } from "./request-body.ts";
import type { Asked, McpHubRoute } from "./route.ts";
import { isOnItsWay, statusOf, type ServerView } from "./server-object.ts";
import { serverNamed } from "./server-routes.ts";

const tool: CallCodes = { refused: "TOOL_ERROR", failed: "TOOL_EXECUTION_ERROR" };
const resource: CallCodes = { refused: "RESOURCE_ERROR", failed: "RESOURCE_READ_ERROR" };
/** mcp-hub calls a prompt that cannot be asked for a tool. */
const prompt: CallCodes = { refused: "TOOL_ERROR", failed: "PROMPT_EXECUTION_ERROR" };

/** Calls of tools, resources and prompts; each goes through the one pipeline. */
export function callRoutes(deps: McpHubDeps): McpHubRoute[] {
  const { pipeline, catalog } = deps;
  const post = (path: `/api/${string}`, run: (asked: Asked) => Promise<object>): McpHubRoute => ({
    method: "POST",
    path,
    scope: "tools:call",
    code: "REQUEST_ERROR",
    run: async (asked) => ({ result: await run(asked) }),
  });
  return [
    post("/api/servers/tools", async (asked) => {
      const name = named(asked, "tool", "tool name");
      const server = serverNamed(asked, deps, { operation: "tools/call", tool: name });
      const args = objectIn(asked, { server, data: { tool: name }, arrays: true });
      const data = { server: server.entry.name, tool: name };
      const { tools } = (await connected(server, deps, { codes: tool, data })).capabilities;
      if (!tools.some((one) => one.name === name))
        throw refusal("TOOL_ERROR", "Tool not found", { ...data, availableTools: tools.map((one) => one.name) });
      return answered(asked, { codes: tool, data: { ...data, args } }, (call) =>
        pipeline.callTool(toolId(server.entry.name, name), args, call),
      );
    }),
    post("/api/servers/resources", async (asked) => {
      const uri = named(asked, "uri", "resource URI");
      const server = serverNamed(asked, deps, { operation: "resources/read", uri });
      const data = { server: server.entry.name, uri };
      await connected(server, deps, { codes: resource, data });
      return answered(asked, { codes: resource, data }, (call) => pipeline.readResource(uri, call, catalog.source(server.entry.name)));
    }),
    post("/api/servers/prompts", async (asked) => {
      const name = named(asked, "prompt", "prompt name");
      const server = serverNamed(asked, deps, { operation: "prompts/get", prompt: name });
      const args = objectIn(asked, { server, data: { prompt: name }, arrays: false }) as Record<string, string>;
      const data = { server: server.entry.name, prompt: name };
      const { prompts } = (await connected(server, deps, { codes: prompt, data })).capabilities;
      if (!prompts.some((one) => one.name === name))
        throw refusal("TOOL_ERROR", "Prompt not found", { ...data, availablePrompts: prompts.map((one) => one.name) });
      return answered(asked, { codes: prompt, data: { ...data, args } }, (call) =>
        pipeline.getPrompt(toolId(server.entry.name, name), args, call),
      );
    }),
  ];
}

async function answered<R>(asked: Asked, failed: Omit<FailedCall, "timeoutMs">, run: (call: Call) => Promise<R>): Promise<R> {
  const call = callOf(asked);
  try {
    return await run(call);
  } catch (cause) {
    throw callFailure(cause, { ...failed, timeoutMs: call.timeoutMs });
  }
}

function named({ body }: Asked, field: string, what: string): string {
  const text = textIn(body, field);
  if (text === undefined) throw missingField(field, what);
  return text;
}

interface Expected {
  readonly server: ServerView;
  readonly data: Readonly<Record<string, unknown>>;
  readonly arrays: boolean;
}

function objectIn({ body }: Asked, { server, data, arrays }: Expected): unknown {
  const args = body["arguments"] ?? {};
  if (typeof args === "object" && (arrays || !Array.isArray(args))) return args;
  throw refusal("TOOL_ERROR", "Invalid arguments", { server: server.entry.name, ...data, args });
}

/** The server once it is connected; one that is just starting is given a moment. */
async function connected(
  server: ServerView,
  { servers }: McpHubDeps,
  { codes, data }: { readonly codes: CallCodes; readonly data: Readonly<Record<string, unknown>> },
): Promise<ServerView> {
  const { name } = server.entry;
  if (statusOf(server) === "connecting") await servers.settle([name], settlePatienceMs);
  const now = servers.find(name) ?? server;
  const status = statusOf(now);
  if (status === "connected") return now;
  throw refusal(
    codes.refused,
    now.status.error ?? `The server is not running (${status})`,
    isOnItsWay(status) ? { ...data, status } : data,
  );
}

/** `request_options` are those of mcp-hub's SDK; a total limit counts like any other, since nothing lengthens the first. */
function callOf({ body, principal, request }: Asked): Call {
  const options = (body["request_options"] ?? {}) as { readonly timeout?: unknown; readonly maxTotalTimeout?: unknown } | string;
  const limits = typeof options === "object" ? [options.timeout, options.maxTotalTimeout].filter(isLimit) : [];
  return { principal, door: "rest", signal: request.signal, ...(limits.length > 0 && { timeoutMs: Math.min(...limits) }) };
}

const isLimit = (value: unknown): value is number => typeof value === "number" && value > 0 && Number.isFinite(value);
