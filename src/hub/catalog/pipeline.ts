import type { Principal } from "../kernel/principal.ts";
import type { Clock, Random } from "../kernel/runtime.ts";
import type { Call, CallLimits, CallTracing, FinishedCall, Result, UsePolicy, UseTarget } from "./call.ts";
import type { Catalog, CatalogPrompt, CatalogTool } from "./catalog.ts";
import { missing, Runner, type Plan } from "./runner.ts";
import { effectOf, type Source } from "./source.ts";
import { createTaskCalls, type TaskCalls } from "./task-calls.ts";
import { refuseTask } from "./tasks.ts";
import { validateArguments } from "./validate.ts";

export interface PipelineDeps {
  readonly clock: Clock;
  readonly random: Pick<Random, "bytes">;
  readonly catalog: Catalog;
  readonly policy: UsePolicy;
  /** Waits for the servers that a name may belong to, when no lists of theirs are known yet. */
  readonly learn: (name: string, signal: AbortSignal) => Promise<void>;
  readonly limits: CallLimits;
  /** Audit, metrics and event; done before the result leaves the hub. */
  readonly finished: (call: FinishedCall) => void | Promise<void>;
  /** Absent where no traces are collected. */
  readonly tracing?: CallTracing;
}

/** A request of a method that only an extension of the protocol knows. */
export interface ExtensionRequest {
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** The one way a call runs, whichever door it came through. */
export interface Pipeline {
  callTool(name: string, args: unknown, call: Call): Promise<Result>;
  readResource(uri: string, call: Call, from?: Source): Promise<Result>;
  getPrompt(name: string, args: Record<string, string> | undefined, call: Call): Promise<Result>;
  complete(params: Record<string, unknown>, call: Call, from: Source): Promise<Result>;
  /** Asks a server for something that only an extension of the protocol knows. */
  askExtension(asked: ExtensionRequest, call: Call, from: Source): Promise<Result>;
  /** What became of calls that were answered with a task. */
  readonly tasks: TaskCalls;
  /** Resolves when no call is under way. */
  drained(): Promise<void>;
  /** How many calls are under way to each source that has had one. */
  running(): ReadonlyMap<string, number>;
  /** How long calls of a tool are refused because it failed too often; undefined where they are not. */
  readonly refusedForMs: (tool: CatalogTool) => number | undefined;
  readonly mayUse: (principal: Principal, entry: CatalogTool | CatalogPrompt) => boolean;
  readonly mayRead: (principal: Principal, source: Source) => boolean;
}

export function createPipeline({ clock, random, catalog, policy, learn, limits, finished, tracing }: PipelineDeps): Pipeline {
  const runner = new Runner({ clock, policy, limits, finished, tracing });
  const tasks = createTaskCalls({ clock, random, catalog, runner });
  const find = async <E>(look: () => E | undefined, name: string, call: Call): Promise<E | undefined> => {
    const known = look();
    if (known) return known;
    await learn(name, call.signal);
    return look();
  };
  return {
    async callTool(name, args, call) {
      const tool = (await find(() => catalog.tool(name), name, call)) ?? missing("tool", name);
      const plan = toolPlan(tool, name, { args, call });
      return tasks.adopt(await runner.run(plan, call), { call, tool, use: plan.use });
    },
    async readResource(shown, call, from) {
      const { source, uri } = from
        ? { source: from, uri: shown }
        : (catalog.snapshot().resources.route(shown) ?? missing("resource", shown));
      const use = readUse(call.principal, source, shown);
      const asked = { asked: shown, target: shown, input: { uri: shown } };
      const plan = { kind: "resource", ...asked, source, use, method: "resources/read", params: { uri } } as const;
      const result = await runner.run(plan, call);
      return uri === shown ? result : renamed(result, uri, shown);
    },
    async getPrompt(name, args, call) {
      const { id: target, source, definition } = (await find(() => catalog.prompt(name), name, call)) ?? missing("prompt", name);
      const use = readUse(call.principal, source, definition.name);
      const params = { name: definition.name, ...(args && { arguments: args }) };
      return runner.run({ kind: "prompt", asked: name, target, input: args ?? {}, source, use, method: "prompts/get", params }, call);
    },
    complete(params, call, source) {
      const use = readUse(call.principal, source, "");
      return runner.run(
        { kind: "completion", asked: source.id, target: source.id, input: params, source, use, method: "completion/complete", params },
        call,
      );
    },
    askExtension({ method, params }, call, source) {
      // Nobody here knows what it does, so it takes what the worst would.
      const use = { ...readUse(call.principal, source, method), effect: "destructive" } as const;
      const target = `${source.id}.${method}`;
      return runner.run({ kind: "extension", asked: source.id, target, input: params, source, use, method, params }, call);
    },
    tasks,
    drained: () => runner.drained(),
    running: () => runner.running(),
    refusedForMs: ({ definition }) => runner.breakers.refusedForMs(definition),
    mayUse: (principal, entry) =>
      policy.mayUse(principal, isTool(entry) ? toolUse(principal, entry) : readUse(principal, entry.source, entry.definition.name)).allowed,
    mayRead: (principal, source) => policy.mayUse(principal, readUse(principal, source, "")).allowed,
  };
}

function toolPlan(tool: CatalogTool, asked: string, { args, call }: { readonly args: unknown; readonly call: Call }): Plan {
  const { id: target, source, definition } = tool;
  const input = args ?? {};
  const check = () => {
    refuseTask(tool, call.takesTask);
    validateArguments(target, definition.inputSchema, input);
  };
  const params = { name: definition.name, arguments: input };
  const use = toolUse(call.principal, tool);
  return { kind: "tool", asked, target, input, source, tool: definition, use, check, method: "tools/call", params };
}

const isTool = (entry: CatalogTool | CatalogPrompt): entry is CatalogTool => "inputSchema" in entry.definition;

const readUse = ({ tenant }: Principal, source: Source, tool: string): UseTarget => ({
  tenant: source.tenant ?? tenant,
  source: source.id,
  tool,
  effect: "read",
});

const toolUse = ({ tenant }: Principal, { source, definition }: CatalogTool): UseTarget => ({
  tenant: source.tenant ?? tenant,
  source: source.id,
  tool: definition.name,
  effect: effectOf(definition),
});

/** A resource that is shown under an alias answers under it. */
function renamed(result: Result, uri: string, shown: string): Result {
  const contents = result["contents"];
  if (!Array.isArray(contents)) return result;
  return { ...result, contents: contents.map((item: Result) => (item["uri"] === uri ? { ...item, uri: shown } : item)) };
}
