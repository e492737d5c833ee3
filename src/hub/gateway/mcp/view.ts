import type { ServerCapabilities } from "@modelcontextprotocol/server";
import { toolId } from "../../catalog/naming.ts";
import { adminMark } from "../../builtin/hub-source.ts";
import type { Call, Result } from "../../catalog/call.ts";
import type { ExtensionRequest, Pipeline } from "../../catalog/pipeline.ts";
import type { Catalog, CatalogTool, Changed } from "../../catalog/catalog.ts";
import type { Door, Source, TaskEra } from "../../catalog/source.ts";
import type { TaskCalls } from "../../catalog/task-calls.ts";
import { tasksExtension, withMeantTaskSupport } from "../../catalog/tasks.ts";
import { neverKept, pessimistic, type Caching } from "../../kernel/caching.ts";
import { HubError } from "../../kernel/errors.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { ListName } from "../../servers/capabilities.ts";

type Definition = Record<string, unknown>;

/** What one door shows of the catalog, and how the names it shows lead back into the pipeline. */
export interface View {
  readonly door: Door;
  readonly instructions: string | undefined;
  /** What clients of this era are told that they can use. */
  capabilities(era: TaskEra): ServerCapabilities;
  tools(principal: Principal): Definition[];
  resources(principal: Principal): Definition[];
  resourceTemplates(principal: Principal): Definition[];
  prompts(principal: Principal): Definition[];
  /** How long, and for whom, one of these lists may be kept. */
  caching(list: ListName, principal: Principal): Caching;
  /** Of a tool under the name it is called by here; undefined where there is none. */
  inputSchema(tool: string): object | undefined;
  callTool(name: string, args: unknown, call: Call): Promise<Result>;
  readResource(uri: string, call: Call): Promise<Result>;
  getPrompt(name: string, args: Record<string, string> | undefined, call: Call): Promise<Result>;
  complete(params: CompleteParams, call: Call): Promise<Result>;
  /** A request of an extension; absent where it is not known whose it would be. */
  readonly askExtension?: (asked: ExtensionRequest, call: Call) => Promise<Result>;
  readonly tasks: TaskCalls;
  /** The source behind a URI and the URI it knows, for subscriptions; undefined where the principal may not read it. */
  route(uri: string, principal: Principal): { readonly source: Source; readonly uri: string } | undefined;
  /** Which of the catalog's changes this door's clients can see. */
  readonly source: string | undefined;
  onChange(listener: (changed: readonly Changed[]) => void): Disposable;
}

export interface CompleteParams {
  readonly ref: { readonly type: string; readonly name?: string; readonly uri?: string };
  readonly [field: string]: unknown;
}

export interface ViewDeps {
  readonly catalog: Catalog;
  readonly pipeline: Pipeline;
}

/** Everything the principal may use, under the hub's own names. */
export function aggregateView({ catalog, pipeline }: ViewDeps, door: Door): View {
  const readable = (principal: Principal) => (entry: { source: Source }) => pipeline.mayRead(principal, entry.source);
  const usable = (principal: Principal) => (entry: Parameters<Pipeline["mayUse"]>[1]) => pipeline.mayUse(principal, entry);
  return {
    door,
    source: undefined,
    instructions: "Tools, resources and prompts of several MCP servers. A tool's name begins with the server it belongs to.",
    capabilities: (era) => ({
      tools: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
      prompts: { listChanged: true },
      completions: {},
      logging: {},
      ...(era === "legacy" ? { tasks: oldTasks } : { extensions: newTasks }),
    }),
    tools: (principal) =>
      catalog
        .snapshot()
        .tools.filter(usable(principal))
        .filter(isEveryday)
        .map((tool) => ({ ...withMeantTaskSupport(tool), name: tool.wireName })),
    resources: (principal) =>
      catalog
        .snapshot()
        .resources.resources.filter(readable(principal))
        .map(({ definition, shown }) => ({ ...definition, uri: shown })),
    resourceTemplates: (principal) =>
      catalog
        .snapshot()
        .resources.templates.filter(readable(principal))
        .map(({ definition, shown }) => ({ ...definition, uriTemplate: shown })),
    prompts: (principal) =>
      catalog
        .snapshot()
        .prompts.filter(usable(principal))
        .map(({ definition, wireName }) => ({ ...definition, name: wireName })),
    caching: (list, principal) => cachingOfAll(catalog, list, readable(principal)),
    inputSchema: (name) => catalog.tool(name)?.definition.inputSchema,
    callTool: (name, args, call) => pipeline.callTool(name, args, call),
    readResource: (uri, call) => pipeline.readResource(uri, call),
    getPrompt: (name, args, call) => pipeline.getPrompt(name, args, call),
    complete({ ref, ...params }, call) {
      if (ref.type === "ref/prompt") {
        const prompt = catalog.prompt(ref.name ?? "");
        if (prompt) return pipeline.complete({ ...params, ref: { ...ref, name: prompt.definition.name } }, call, prompt.source);
      }
      const { templates, route } = catalog.snapshot().resources;
      const template = templates.find(({ shown }) => shown === ref.uri);
      const found = template ? { source: template.source, uri: template.uriTemplate } : ref.uri === undefined ? undefined : route(ref.uri);
      if (found) return pipeline.complete({ ...params, ref: { ...ref, uri: found.uri } }, call, found.source);
      throw new HubError("NOT_FOUND", `There is nothing to complete for ${ref.name ?? ref.uri ?? ref.type}`);
    },
    tasks: pipeline.tasks,
    route: (uri, principal) => {
      const found = catalog.snapshot().resources.route(uri);
      return found && readable(principal)(found) ? found : undefined;
    },
    onChange: (listener) => catalog.onChange(listener),
  };
}

/** What one principal sees of all sources is for nobody else. */
function cachingOfAll(catalog: Catalog, list: ListName, isReadable: (entry: { source: Source }) => boolean): Caching {
  const { tools, prompts, resources } = catalog.snapshot();
  const entries = { tools, prompts, resources: resources.resources, resourceTemplates: resources.templates }[list];
  const sources = new Set(entries.filter(isReadable).map(({ source }) => source));
  return { ...pessimistic([...sources].map((source) => source.caching?.(list) ?? neverKept)), cacheScope: "private" };
}

/** The hub lists tasks itself, and each tool says whether it can be called as one. */
const oldTasks = { list: {}, cancel: {}, requests: { tools: { call: {} } } };
const newTasks = { [tasksExtension]: {} };

/** The hub's own administration is reached by its door and by `hub.tools.call`; it would only fill a model's context. */
const isEveryday = ({ definition }: CatalogTool) => (definition["_meta"] as Definition | undefined)?.[adminMark] !== true;

/** One server with its own names, order and capabilities: as if it were spoken to directly. */
export function serverView({ catalog, pipeline }: ViewDeps, name: string, declared: () => Definition): View {
  const source = () => {
    const found = catalog.source(name);
    if (found) return found;
    throw new HubError("NOT_FOUND", `There is no server ${name}`);
  };
  const readable = (principal: Principal) => pipeline.mayRead(principal, source());
  const usable = (principal: Principal, kind: "tools" | "prompts") => {
    const entries = new Map(catalog.snapshot()[kind].map((entry) => [entry.id, entry]));
    return ({ name: own }: { name: string }) => {
      const entry = entries.get(toolId(name, own));
      return entry !== undefined && pipeline.mayUse(principal, entry);
    };
  };
  const shown: Record<ListName, (principal: Principal) => Definition[]> = {
    tools: (principal) => source().tools.filter(usable(principal, "tools")),
    resources: (principal) => (readable(principal) ? [...source().resources] : []),
    resourceTemplates: (principal) => (readable(principal) ? [...source().resourceTemplates] : []),
    prompts: (principal) => source().prompts.filter(usable(principal, "prompts")),
  };
  return {
    ...shown,
    door: "mcp-server",
    source: name,
    get instructions() {
      return catalog.source(name)?.instructions;
    },
    capabilities(era) {
      const { extensions, ...others } = { ...passable(declared()), ...passableExtensions(declared()) };
      const tasks = catalog.source(name)?.tasks === era ? passableTasks(declared(), era) : {};
      const all = { ...extensions, ...tasks.extensions };
      return { ...others, ...tasks, ...(Object.keys(all).length > 0 && { extensions: all }) };
    },
    caching(list, principal) {
      const caching = source().caching?.(list) ?? neverKept;
      const showsAll = shown[list](principal).length === source()[list].length;
      return showsAll ? caching : { ...caching, cacheScope: "private" };
    },
    inputSchema: (tool) => catalog.tool(toolId(name, tool))?.definition.inputSchema,
    callTool: (tool, args, call) => pipeline.callTool(toolId(name, tool), args, call),
    readResource: (uri, call) => pipeline.readResource(uri, call, source()),
    getPrompt: (prompt, args, call) => pipeline.getPrompt(toolId(name, prompt), args, call),
    complete: (params, call) => pipeline.complete(params, call, source()),
    askExtension: (asked, call) => pipeline.askExtension(asked, call, source()),
    tasks: pipeline.tasks,
    route: (uri, principal) => (readable(principal) ? { source: source(), uri } : undefined),
    onChange: (listener) => catalog.onChange(listener),
  };
}

/** Of what a server declares, what the hub passes on; the hub itself tells of changes, also for servers that do not. */
function passable(declared: Definition): ServerCapabilities {
  const { tools, resources, prompts, completions, logging } = declared as ServerCapabilities;
  return {
    ...(tools && { tools: { ...tools, listChanged: true } }),
    ...(resources && { resources: { ...resources, listChanged: true } }),
    ...(prompts && { prompts: { ...prompts, listChanged: true } }),
    ...(completions && { completions }),
    ...(logging && { logging }),
  };
}

/** Extensions the hub knows nothing of pass through; that of tasks has a bridge of its own. */
function passableExtensions({ extensions, experimental }: Definition): ServerCapabilities {
  const { [tasksExtension]: _, ...others } = (extensions ?? {}) as NonNullable<ServerCapabilities["extensions"]>;
  return {
    ...(Object.keys(others).length > 0 && { extensions: others }),
    ...(experimental !== undefined && { experimental: experimental as ServerCapabilities["experimental"] }),
  };
}

/** Tasks pass between a client and a server of the same era; in between the hub waits for them, and there is nothing to declare. */
function passableTasks(declared: Definition, era: TaskEra): ServerCapabilities {
  if (era === "modern") return { extensions: newTasks };
  const { cancel } = declared["tasks"] as NonNullable<ServerCapabilities["tasks"]>;
  return { tasks: { ...oldTasks, cancel } };
}
