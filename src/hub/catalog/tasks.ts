import { HubError } from "../kernel/errors.ts";
import type { Capabilities } from "../servers/capabilities.ts";
import type { Result } from "./call.ts";
import type { CatalogTool } from "./catalog.ts";
import type { TaskEra } from "./source.ts";

export const tasksExtension = "io.modelcontextprotocol/tasks";
const relatedTask = "io.modelcontextprotocol/related-task";
const modernSince = "2026-07-28";
const methodNotFound = -32601;

/** Which tasks a server makes of tool calls, if any. */
export function taskEraOf({ declared, protocolVersion = "" }: Capabilities): TaskEra | undefined {
  if (protocolVersion >= modernSince) return field(declared["extensions"], tasksExtension) === undefined ? undefined : "modern";
  return field(field(field(declared["tasks"], "requests"), "tools"), "call") === undefined ? undefined : "legacy";
}

/** Whether a tool of a server of 2025 may or must be called as a task; a server that has no tasks means nothing by it. */
export function taskSupportOf({ source, definition }: Pick<CatalogTool, "source" | "definition">): "optional" | "required" | undefined {
  const support = source.tasks === "legacy" ? field(definition["execution"], "taskSupport") : undefined;
  return support === "optional" || support === "required" ? support : undefined;
}

/** A tool's definition, without a word of tasks that its server does not mean. */
export function withMeantTaskSupport(tool: CatalogTool): Result {
  const { definition } = tool;
  if (field(definition["execution"], "taskSupport") === undefined || taskSupportOf(tool)) return definition;
  const { taskSupport: _none, ...execution } = definition["execution"] as Result;
  return { ...definition, execution };
}

/** Refuses to call a tool as a task that cannot be. Only clients of 2025 ask for that. */
export function refuseTask(tool: CatalogTool, takesTask: TaskEra | undefined): void {
  if (takesTask !== "legacy" || taskSupportOf(tool)) return;
  throw new HubError("VALIDATION", `${tool.id} cannot be called as a task`, {
    hint: "Call it without `task`",
    details: { rpcCode: methodNotFound },
  });
}

/** The task that a call was answered with; undefined where it was answered with its result. */
export function createdTask(result: Result, era: TaskEra): Result | undefined {
  const task = era === "legacy" ? result["task"] : result["resultType"] === "task" ? result : undefined;
  return typeof field(task, "taskId") === "string" ? (task as Result) : undefined;
}

/** The same message, with the id of its task, and of the task that it says it belongs to, exchanged. */
export function renameTask<M extends Readonly<Record<string, unknown>>>(message: M, from: string, to: string): M {
  const { taskId, task, _meta } = message as Result;
  const related = field(_meta, relatedTask);
  return {
    ...message,
    ...(taskId === from && { taskId: to }),
    ...(field(task, "taskId") === from && { task: { ...(task as Result), taskId: to } }),
    ...(field(related, "taskId") === from && { _meta: { ...(_meta as Result), [relatedTask]: { ...(related as Result), taskId: to } } }),
  };
}

export const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Result)[name] : undefined;
