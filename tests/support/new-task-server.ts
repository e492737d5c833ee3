import {
  CLIENT_CAPABILITIES_META_KEY,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type CallToolResult,
  type InputRequests,
  type InputRequiredResult,
  type ServerContext,
  type Tool,
} from "@modelcontextprotocol/server";
import { z } from "zod";

const extension = "io.modelcontextprotocol/tasks";
type Arguments = Record<string, unknown>;

/** A tool of 2026-07-28 that may run as a task. */
export interface TaskTool extends Omit<Tool, "inputSchema"> {
  /** What becomes of a call: a task never, where the client can be given one, or else nothing. */
  readonly task: "never" | "may" | "must";
  /** Rounds of input that come before the task. */
  readonly before?: (context: ServerContext) => InputRequiredResult | undefined;
  readonly run: (args: Arguments, running: Running) => Promise<CallToolResult>;
}

export interface Running {
  readonly signal: AbortSignal;
  readonly context: ServerContext;
  /** Resolves with the client's answer, which comes by `tasks/update`. */
  ask(key: string, request: InputRequests[string]): Promise<Record<string, unknown>>;
}

interface Kept {
  readonly id: string;
  readonly stop: AbortController;
  readonly open: Map<string, { readonly request: InputRequests[string]; readonly answer: (given: Record<string, unknown>) => void }>;
  readonly createdAt: string;
  ended?: { readonly status: "completed" | "failed" | "cancelled"; readonly result?: unknown; readonly error?: unknown };
}

/** The tasks of a server; they outlive the instance that a request is answered by. */
export interface KeptTasks {
  readonly ttlMs: number | null;
  readonly byId: Map<string, Kept>;
}

export const keepTasks = (ttlMs: number | null = 60_000): KeptTasks => ({ ttlMs, byId: new Map() });

/** A server with the tasks extension, which the SDK leaves to those who need it. */
export function createNewTaskServer(tools: readonly TaskTool[], kept: KeptTasks): Server {
  const server = new Server(
    { name: "new-tasks", version: "1" },
    { capabilities: { tools: {}, logging: {}, extensions: { [extension]: {} } } },
  );
  server.setRequestHandler("tools/list", () => ({
    tools: tools.map(({ task: _task, before: _before, run: _run, ...tool }) => ({ ...tool, inputSchema: { type: "object" as const } })),
  }));
  // A handler of `tools/call` may return nothing but a result; the fallback is not held to that.
  server.fallbackRequestHandler = async ({ method, params }, context) => {
    const tool = tools.find(({ name }) => name === params?.["name"]);
    if (method !== "tools/call") throw new ProtocolError(ProtocolErrorCode.MethodNotFound, "Method not found");
    if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is no such tool");
    return call(tool, (params?.["arguments"] ?? {}) as Arguments, { context, kept });
  };
  const Named = z.looseObject({ taskId: z.string() });
  const on = (method: string, answer: (task: Kept, context: ServerContext) => Record<string, unknown>) =>
    server.setRequestHandler(method, { params: Named }, ({ taskId }, context) => {
      if (!isDeclared(context)) throw missingTasks();
      const task = kept.byId.get(taskId);
      if (!task) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no task ${taskId}`);
      return answer(task, context);
    });
  on("tasks/get", (task) => detailed(task, kept));
  on("tasks/cancel", (task) => {
    task.stop.abort();
    return {};
  });
  on("tasks/update", (task, { mcpReq }) => {
    for (const [key, given] of Object.entries(mcpReq.inputResponses ?? {})) {
      const question = task.open.get(key);
      task.open.delete(key);
      question?.answer(given as Record<string, unknown>);
    }
    return {};
  });
  return server;
}

async function call(tool: TaskTool, args: Arguments, { context, kept }: { context: ServerContext; kept: KeptTasks }) {
  const asked = tool.before?.(context);
  if (asked) return asked;
  if (tool.task === "must" && !isDeclared(context)) throw missingTasks();
  if (tool.task === "never" || !isDeclared(context)) {
    const ask = () => Promise.reject(new Error("Only a task may ask"));
    return tool.run(args, { signal: context.mcpReq.signal, context, ask });
  }
  const task: Kept = { id: crypto.randomUUID(), stop: new AbortController(), open: new Map(), createdAt: new Date().toISOString() };
  kept.byId.set(task.id, task);
  task.stop.signal.addEventListener("abort", () => end(task, { status: "cancelled" }));
  const ask: Running["ask"] = (key, request) => new Promise((answer) => task.open.set(key, { request, answer }));
  tool.run(args, { signal: task.stop.signal, context, ask }).then(
    (result) => end(task, { status: "completed", result }),
    (cause: Error) => end(task, { status: "failed", error: { code: -32603, message: cause.message } }),
  );
  const { inputRequests: _questions, ...created } = detailed(task, kept);
  return { ...created, resultType: "task" };
}

/** The first end counts. */
function end(task: Kept, ended: Kept["ended"]): void {
  task.ended ??= ended;
}

function detailed(task: Kept, { ttlMs }: KeptTasks): Record<string, unknown> {
  const { id: taskId, open, createdAt, ended } = task;
  const inputRequests = Object.fromEntries([...open].map(([key, { request }]) => [key, request]));
  const now = ended ?? (open.size > 0 ? { status: "input_required", inputRequests } : { status: "working" });
  return { taskId, createdAt, lastUpdatedAt: new Date().toISOString(), ttlMs, pollIntervalMs: 50, ...now };
}

function isDeclared({ mcpReq }: ServerContext): boolean {
  const capabilities = (mcpReq.envelope as Record<string, { extensions?: object }> | undefined)?.[CLIENT_CAPABILITIES_META_KEY];
  return capabilities?.extensions !== undefined && extension in capabilities.extensions;
}

const missingTasks = () => new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [extension]: {} } } });
