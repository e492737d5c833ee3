import { MissingRequiredClientCapabilityError, type Server, type ServerContext } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Call, Result } from "../../catalog/call.ts";
import type { TaskEra } from "../../catalog/source.ts";
import type { TaskRequest } from "../../catalog/task-calls.ts";
import { createdTask, field, tasksExtension } from "../../catalog/tasks.ts";
import type { View } from "./view.ts";

export interface TaskServing {
  readonly server: Server;
  readonly view: View;
  readonly era: TaskEra;
  readonly on: (
    handle: (params: never, asked: { readonly call: Call }) => unknown,
  ) => (request: { params?: unknown }, context: ServerContext) => Promise<never>;
}

const methods: Record<TaskEra, readonly string[]> = {
  legacy: ["tasks/get", "tasks/result", "tasks/cancel"],
  modern: ["tasks/get", "tasks/update", "tasks/cancel"],
};
const Named = z.looseObject({ taskId: z.string() });
const Listed = z.looseObject({ cursor: z.string().optional() });

/** Serves the requests about tasks, where the door says that it has any. */
export function handleTasks({ server, view, era, on }: TaskServing): void {
  if (!hasTasks(server, era)) return;
  passTasks(server);
  const scope = { era, source: view.source };
  for (const method of methods[era]) {
    const ask = on(({ _meta, ...params }: TaskRequest["params"], { call }) => {
      if (era === "modern") requireTasks(call);
      return view.tasks.ask({ method, params }, call, scope);
    });
    server.setRequestHandler(method, { params: Named }, (params, context) => ask({ params }, context));
  }
  if (era === "modern") return;
  const list = on(({ cursor }: { readonly cursor?: string }, { call }) => view.tasks.list(cursor, call, scope));
  server.setRequestHandler("tasks/list", { params: Listed }, (params, context) => list({ params }, context));
}

/** A call that may be answered with a task: a client of 2025 asks for one, one of 2026 is given one where it says that it can be. */
export function mayTakeTask(call: Call, task: unknown, { server, era }: Pick<TaskServing, "server" | "era">): Call {
  if (era === "modern") return { ...call, takesTask: era };
  if (task === undefined || !hasTasks(server, era)) return call;
  // Progress of a task comes after the answer, when the SDK no longer takes it: it is not asked for.
  return { ...call, takesTask: era, onProgress: undefined, passed: { ...call.passed, task } };
}

function hasTasks(server: Server, era: TaskEra): boolean {
  const { tasks, extensions } = server.getCapabilities();
  return (era === "legacy" ? tasks : extensions?.[tasksExtension]) !== undefined;
}

function requireTasks({ clientCapabilities }: Call): void {
  if (field(clientCapabilities?.["extensions"], tasksExtension) !== undefined) return;
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [tasksExtension]: {} } } });
}

/** The SDK holds every answer to `tools/call` against the schema of a finished one; a task is handed around that. */
function passTasks(server: Server): void {
  const checked = server["_wrapHandler"].bind(server);
  server["_wrapHandler"] = (method, handler) => {
    if (method !== "tools/call") return checked(method, handler);
    return async (request, context) => {
      let task: Result | undefined;
      const result = await checked(method, async (...asked) => {
        const answer = await handler(...asked);
        const isTask = createdTask(answer, "legacy") ?? createdTask(answer, "modern");
        if (!isTask) return answer;
        task = answer;
        return { content: [] };
      })(request, context);
      return task ?? result;
    };
  };
}
