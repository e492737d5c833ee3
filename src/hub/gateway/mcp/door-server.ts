import {
  CLIENT_CAPABILITIES_META_KEY,
  LOG_LEVEL_META_KEY,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { Call, Result } from "../../catalog/call.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { ListName } from "../../servers/capabilities.ts";
import { handleTasks, mayTakeTask } from "./door-tasks.ts";
import type { EarlyCall } from "./early-call.ts";
import { isExtensionMethod } from "./extension-method.ts";
import { listPage } from "./list-page.ts";
import { protocolError, toolFailure } from "./mcp-error.ts";
import type { Outcome } from "./plain-call.ts";
import type { Rounds } from "./rounds.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { CompleteParams, View } from "./view.ts";

export interface DoorServerOptions {
  readonly view: View;
  readonly principal: Principal;
  readonly version: string;
  readonly era: "legacy" | "modern";
  readonly rounds: Rounds;
  /** Present where the connection lives longer than a request. */
  readonly subscriptions?: Subscriptions;
  /** What came of the tool call it was made for, where that has been made already. */
  readonly outcome?: Outcome;
  /** The tool call of a request that has begun already. */
  readonly begun?: (id: string | number) => EarlyCall | undefined;
}

type Params = Record<string, unknown> & { readonly _meta?: Record<string, unknown> };

/** Gives the SDK the schemas it holds the `Mcp-Param-*` headers of a 2026-07-28 request against; the tools themselves are the view's. */
class SchemaAware extends McpServer {
  inputSchemas: (tool: string) => Record<string, unknown> | undefined = () => undefined;

  override toolInputSchemaJson(tool: string): Record<string, unknown> | undefined {
    return this.inputSchemas(tool);
  }
}

/** The same for one request of a 2026-07-28 client. */
export function createRequestServer(options: Omit<DoorServerOptions, "era" | "subscriptions">): McpServer {
  const { view, principal } = options;
  const server = new SchemaAware(...identityOf({ ...options, era: "modern" }));
  server.inputSchemas = (tool) =>
    view.tools(principal).find(({ name }) => name === tool)?.["inputSchema"] as Record<string, unknown> | undefined;
  handleRequests(server.server, { ...options, era: "modern" });
  return server;
}

export interface DoorServer {
  readonly server: Server;
  /** What the client said of itself for all of its requests. */
  asker(): Pick<Call, "clientCapabilities" | "logLevel">;
}

/** The SDK's server for one connection: every handler leads into the view, and from there into the pipeline. */
export function createDoorServer(options: DoorServerOptions): DoorServer {
  const server = new Server(...identityOf(options));
  const serving = handleRequests(server, options);
  const clientCapabilities = () => server.getClientCapabilities() as Record<string, unknown> | undefined;
  return { server, asker: () => ({ clientCapabilities: clientCapabilities(), logLevel: serving.logLevel }) };
}

/** Who answers at a door. */
export const serverInfoOf = ({ view, version }: Pick<DoorServerOptions, "view" | "version">) => ({
  name: view.source ?? "hubctl",
  version,
});

const identityOf = (options: Pick<DoorServerOptions, "view" | "version" | "era">) =>
  [serverInfoOf(options), { capabilities: options.view.capabilities(options.era), instructions: options.view.instructions }] as const;

interface Serving extends DoorServerOptions {
  readonly server: Server;
  /** Turns a handler of ours into one of the SDK's. */
  readonly on: (
    handle: (params: never, asked: Asked) => unknown,
  ) => (request: { params?: unknown }, context: ServerContext) => Promise<never>;
  logLevel: string | undefined;
}

function handleRequests(server: Server, options: DoorServerOptions): Serving {
  const serving: Serving = {
    ...options,
    server,
    logLevel: options.era === "legacy" ? "debug" : undefined,
    on: (handle) => async (request, context) => {
      const told = createTelling(context);
      try {
        // The SDK parsed the request by its method's schema; results leave the hub as their server made them.
        return (await handle((request.params ?? {}) as never, askedFrom(context, told, serving))) as never;
      } catch (cause) {
        throw protocolError(cause);
      } finally {
        // What was told of a call comes before its answer.
        await told.done();
      }
    },
  };
  handleTasks(serving);
  const { tools, resources, prompts, completions, logging } = server.getCapabilities();
  if (tools) handleTools(serving);
  if (resources) handleResources(serving);
  if (prompts) handlePrompts(serving);
  if (completions)
    server.setRequestHandler(
      "completion/complete",
      serving.on(({ _meta, ...params }: Params & CompleteParams, { call }) => options.view.complete(params as CompleteParams, call)),
    );
  if (logging && options.era === "legacy")
    server.setRequestHandler(
      "logging/setLevel",
      serving.on(({ level }: { level: string }) => {
        serving.logLevel = level;
        return {};
      }),
    );
  handleExtensions(serving);
  return serving;
}

/** Passes requests that only an extension knows on to the one server behind the door. */
function handleExtensions({ server, view: { askExtension }, on }: Serving): void {
  if (!askExtension) return;
  server.fallbackRequestHandler = (request, context) => {
    const { method } = request;
    if (!isExtensionMethod(method)) throw new ProtocolError(ProtocolErrorCode.MethodNotFound, "Method not found");
    return on(({ _meta, ...params }: Params, { call }) => askExtension({ method, params }, call))(request, context);
  };
}

/** Answers with a page of a list, and to a client of 2026-07-28 how long it may be kept. */
function listOf(list: ListName, key: (item: Record<string, unknown>) => unknown, { view, principal, era, on }: Serving) {
  return on(({ cursor }: { cursor?: unknown }) => {
    const { items, nextCursor } = listPage(view[list](principal), (item) => String(key(item)), cursor);
    return { [list]: items, ...(nextCursor !== undefined && { nextCursor }), ...(era === "modern" && view.caching(list, principal)) };
  });
}

function handleTools(serving: Serving): void {
  const { server, view, era, outcome, begun, on } = serving;
  server.setRequestHandler(
    "tools/list",
    listOf("tools", ({ name }) => name, serving),
  );
  server.setRequestHandler(
    "tools/call",
    on(({ name, arguments: args, task }: { name: string; arguments?: unknown; task?: unknown }, asked) => {
      if (outcome) return told(outcome);
      const early = begun?.(asked.id);
      if (early) return early.over(asked.call);
      return asked.inRounds("tools/call", name, (given) => {
        const call = mayTakeTask(given, task, { server, era });
        const result = view.callTool(name, args, call);
        // Who asked for a task takes no result in its place.
        return call.takesTask === "legacy" ? result : result.catch(toolFailure);
      });
    }),
  );
}

function told(outcome: Outcome): Result {
  if ("result" in outcome) return outcome.result;
  throw outcome.cause;
}

function handleResources(serving: Serving): void {
  const { server, view, era, subscriptions, on } = serving;
  server.setRequestHandler(
    "resources/list",
    listOf("resources", ({ uri }) => uri, serving),
  );
  server.setRequestHandler(
    "resources/templates/list",
    listOf("resourceTemplates", ({ uriTemplate }) => uriTemplate, serving),
  );
  server.setRequestHandler(
    "resources/read",
    on(({ uri }: { uri: string }, asked) => asked.inRounds("resources/read", uri, (call) => view.readResource(uri, call))),
  );
  if (era !== "legacy" || !subscriptions) return;
  server.setRequestHandler(
    "resources/subscribe",
    on(({ uri }: { uri: string }) => subscriptions.add(uri)),
  );
  server.setRequestHandler(
    "resources/unsubscribe",
    on(({ uri }: { uri: string }) => subscriptions.remove(uri)),
  );
}

function handlePrompts(serving: Serving): void {
  const { server, view, on } = serving;
  server.setRequestHandler(
    "prompts/list",
    listOf("prompts", ({ name }) => name, serving),
  );
  server.setRequestHandler(
    "prompts/get",
    on(({ name, arguments: args }: { name: string; arguments?: Record<string, string> }, asked) =>
      asked.inRounds("prompts/get", name, (call) => view.getPrompt(name, args, call)),
    ),
  );
}

/** Notifications of one call, in the order they came; a client that left misses them. */
interface Telling {
  tell(method: string, params: Record<string, unknown> | undefined): void;
  done(): Promise<void>;
}

function createTelling({ mcpReq }: ServerContext): Telling {
  let last: Promise<unknown> = Promise.resolve();
  return {
    tell(method, params) {
      const sent = mcpReq.notify({ method, params }).catch(() => undefined);
      last = Promise.all([last, sent]);
    },
    async done() {
      await last;
    },
  };
}

/** A request as its handler sees it. */
interface Asked {
  readonly id: string | number;
  readonly call: Call;
  /** Does work that may need input of the client, in as many rounds as it takes. */
  inRounds(method: string, target: string, work: (call: Call) => Promise<Result>): Promise<Result>;
}

/** What the pipeline is told of an MCP request: how to reach back to its client, and what goes through unread. */
function askedFrom({ mcpReq, http }: ServerContext, { tell }: Telling, { view, principal, server, era, logLevel, rounds }: Serving): Asked {
  const { progressToken, ...meta } = mcpReq._meta ?? {};
  const { inputResponses } = mcpReq;
  const { level, capabilities } =
    era === "modern" ? fromEnvelope(mcpReq.envelope) : { level: logLevel, capabilities: server.getClientCapabilities() };
  const call: Call = {
    principal,
    door: view.door,
    signal: mcpReq.signal,
    passed: { ...(Object.keys(meta).length > 0 && { _meta: meta }), ...(inputResponses && { inputResponses }) },
    clientCapabilities: capabilities as Record<string, unknown> | undefined,
    ...(progressToken !== undefined && { onProgress: (progress) => tell("notifications/progress", { ...progress, progressToken }) }),
    ...(level !== undefined && { logLevel: level, onNotification: ({ method, params }) => tell(method, params) }),
    ...(era === "legacy" && {
      onServerRequest: async (method, asked) => (await mcpReq.send({ method, params: asked } as never)) as Record<string, unknown>,
      // What a server wants of its connection, the hub wants of the client's: it comes back for the answer.
      onStreamClosed: http?.closeSSE,
    }),
  };
  const state = mcpReq.requestState<string>();
  return {
    id: mcpReq.id,
    call,
    inRounds: (method, target, work) =>
      rounds.run({ binding: { principal: principal.id, method, target }, era, state, inputResponses, call, work }),
  };
}

/** A 2026-07-28 request says of itself what older clients said once. */
function fromEnvelope(envelope: Readonly<Record<string, unknown>> = {}): { level: string | undefined; capabilities: unknown } {
  const level = envelope[LOG_LEVEL_META_KEY];
  return { level: typeof level === "string" ? level : undefined, capabilities: envelope[CLIENT_CAPABILITIES_META_KEY] };
}
