import { HubError } from "../kernel/errors.ts";
import type { Clock, Random } from "../kernel/runtime.ts";
import type { Call, Result, UseTarget } from "./call.ts";
import type { Catalog, CatalogTool } from "./catalog.ts";
import { createHeldTasks, type HeldTask, type HeldTasks } from "./held-tasks.ts";
import { pageBy } from "./page.ts";
import { missing, type Runner } from "./runner.ts";
import type { TaskEra } from "./source.ts";
import { createdTask, renameTask } from "./tasks.ts";

/** Which tasks are meant: of whom, and at a server's own door of which server. */
export interface TaskScope {
  readonly era: TaskEra;
  readonly source: string | undefined;
}

/** The tasks that calls were answered with; every request about one goes to its server the way calls go. */
export interface TaskCalls {
  /** A call's answer as its caller gets it: a task in it is held, and has an id of the hub's. */
  adopt(result: Result, made: { readonly call: Call; readonly tool: CatalogTool; readonly use: UseTarget }): Result;
  /** Asks the server of a task about it. A task of somebody else is none. */
  ask(request: TaskRequest, call: Call, scope: TaskScope): Promise<Result>;
  /** The caller's own tasks, each as its server sees it now. */
  list(cursor: string | undefined, call: Call, scope: TaskScope): Promise<Result>;
  /** A server said what has become of a task. */
  told(source: string, status: Result): void;
  onStatus(scope: TaskScope & { readonly principal: string }, listener: (status: Result) => void): Disposable;
}

export interface TaskRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> & { readonly taskId: string };
}

export interface TaskCallsDeps {
  readonly clock: Clock;
  readonly random: Pick<Random, "bytes">;
  readonly catalog: Catalog;
  readonly runner: Runner;
}

const pageSize = 50;
const unknownTask = -32602;

export const createTaskCalls = (deps: TaskCallsDeps): TaskCalls => new LiveTaskCalls(deps);

class LiveTaskCalls implements TaskCalls {
  readonly #held: HeldTasks;
  readonly #listeners = new Set<(task: HeldTask, status: Result) => void>();

  constructor(readonly deps: TaskCallsDeps) {
    this.#held = createHeldTasks(deps);
  }

  adopt(result: Result, { call, tool, use }: Parameters<TaskCalls["adopt"]>[1]): Result {
    const era = call.takesTask;
    const task = era && createdTask(result, era);
    if (!task) return result;
    const own = String(task["taskId"]);
    const { id } = this.#held.hold({
      own,
      era,
      source: tool.source.id,
      tool: tool.id,
      use,
      principal: call.principal.id,
      seen: seen(task),
    });
    return renameTask(result, own, id);
  }

  async ask({ method, params: { taskId, ...params } }: TaskRequest, call: Call, { era, source: within }: TaskScope): Promise<Result> {
    const task = this.#held.find(taskId, { principal: call.principal.id, era });
    const source = task && (within ?? task.source) === task.source ? this.deps.catalog.source(task.source) : undefined;
    if (!task || !source) return missing("task", taskId);
    const { id, own, tool: target, use } = task;
    const input = { method, taskId, ...params };
    const plan = { kind: "task", asked: id, target, input, source, use, method, params: { ...params, taskId: own } } as const;
    try {
      const result = await this.deps.runner.run(plan, about(task, call));
      if (typeof result["status"] === "string") task.seen = seen(result);
      return renameTask(result, own, id);
    } catch (cause) {
      if (method === "tasks/get" && HubError.from(cause).details?.["rpcCode"] === unknownTask) this.#held.forget(task);
      throw cause;
    }
  }

  async list(cursor: string | undefined, call: Call, scope: TaskScope): Promise<Result> {
    const own = this.#held.of({ principal: call.principal.id, era: scope.era });
    const { items, ...page } = pageBy(
      own.filter(({ source }) => (scope.source ?? source) === source),
      { limit: pageSize, cursor, key: ({ number }) => String(number).padStart(12, "0"), show: (task) => this.#now(task, call, scope) },
    );
    return { ...page, tasks: (await Promise.all(items)).filter((task) => task !== undefined) };
  }

  told(source: string, status: Result): void {
    const { taskId: own } = status;
    const task = typeof own === "string" ? this.#held.named(source, own) : undefined;
    if (!task) return;
    task.seen = seen(status);
    for (const listener of this.#listeners) listener(task, renameTask(status, task.own, task.id));
  }

  onStatus({ principal, era, source }: Parameters<TaskCalls["onStatus"]>[0], listener: (status: Result) => void): Disposable {
    const told = (task: HeldTask, status: Result) => {
      if (task.principal === principal && task.era === era && (source ?? task.source) === task.source) listener(status);
    };
    this.#listeners.add(told);
    return { [Symbol.dispose]: () => void this.#listeners.delete(told) };
  }

  /** A task whose server cannot say just now is shown as it was; one that is gone, or may not be seen any more, is not shown. */
  async #now(task: HeldTask, call: Call, scope: TaskScope): Promise<Result | undefined> {
    try {
      return await this.ask({ method: "tasks/get", params: { taskId: task.id } }, { ...call, passed: {} }, scope);
    } catch (cause) {
      return HubError.from(cause).row.retryable ? { ...task.seen, taskId: task.id } : undefined;
    }
  }
}

/** What a list shows of a task; a message or a result is too much to keep. */
const seen = ({ status, ttl = null, ttlMs, createdAt, lastUpdatedAt, pollInterval }: Result): Result => ({
  status,
  ttl: ttl ?? ttlMs,
  createdAt,
  lastUpdatedAt,
  ...(pollInterval !== undefined && { pollInterval }),
});

/** A request about a task: what goes back and forth meanwhile names it by the id that each side knows. */
function about({ id, own }: HeldTask, call: Call): Call {
  const { passed, onNotification, onServerRequest } = call;
  return {
    ...call,
    passed: passed && renameTask(passed, id, own),
    onNotification: onNotification && ((told) => onNotification({ ...told, params: told.params && renameTask(told.params, own, id) })),
    onServerRequest:
      onServerRequest && (async (method, params) => renameTask(await onServerRequest(method, renameTask(params, own, id)), id, own)),
  };
}
