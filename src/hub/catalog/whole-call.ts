import { HubError } from "../kernel/errors.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { Supervisor } from "../servers/supervisor.ts";
import type { Result } from "./call.ts";
import type { SourceCall, TaskEra } from "./source.ts";
import { createdTask, field, tasksExtension } from "./tasks.ts";

interface Asked {
  readonly tasks: TaskEra;
  readonly server: Pick<Supervisor, "request" | "capabilities" | "entry">;
  readonly clock: Clock;
}

type Waiting = Pick<Asked, "server"> & { readonly call: SourceCall };

const missingCapability = -32021;
/** What a server asks for between two looks at its task is kept within these. */
const pauseMs = { least: 50, usual: 1_000, most: 30_000 };

/** Calls a tool for somebody who can only take its result: what its server does as a task, the hub waits for. */
export const wholeCall = (params: Result, call: SourceCall, asked: Asked): Promise<Result> =>
  asked.tasks === "legacy" ? wholeOfOld(params, call, asked) : wholeOfNew(params, call, asked);

/** A server of 2025 says which tools it runs as tasks only; the answer to `tasks/result` comes when there is one, and its questions before. */
async function wholeOfOld(params: Result, call: SourceCall, { server }: Asked): Promise<Result> {
  const tool = server.capabilities.tools.find(({ name }) => name === params["name"]);
  if (field(tool?.["execution"], "taskSupport") !== "required") return server.request("tools/call", params, call);
  const created = await server.request("tools/call", { ...params, task: { ttl: server.entry.callTimeoutMs } }, call);
  const taskId = createdTask(created, "legacy")?.["taskId"];
  if (taskId === undefined) return created;
  return await orCancelled({ taskId }, { server, call }, () => server.request("tasks/result", { taskId }, call));
}

/** A server of 2026 says that it needs a client with tasks when such a tool is called. */
async function wholeOfNew(params: Result, given: SourceCall, { server, clock }: Asked): Promise<Result> {
  const call = withTasks(given);
  const first = await server.request("tools/call", params, given).catch((cause: unknown) => {
    if (!wantsTasks(cause)) throw cause;
    return server.request("tools/call", params, call);
  });
  const taskId = createdTask(first, "modern")?.["taskId"];
  if (taskId === undefined) return first;
  const task = await orCancelled({ taskId }, { server, call }, () => untilOver({ taskId }, call, { server, clock }));
  return resultOf(task, server.entry.name);
}

async function untilOver(named: Result, call: SourceCall, { server, clock }: Omit<Asked, "tasks">): Promise<Result> {
  const endsAt = clock.now() + (call.timeoutMs ?? server.entry.callTimeoutMs);
  const answered = new Set<string>();
  for (;;) {
    const task = await server.request("tasks/get", named, call);
    if (isOver(task)) return task;
    const inputResponses = await answers(task, call, answered);
    if (inputResponses) await server.request("tasks/update", { ...named, inputResponses }, call);
    const left = endsAt - clock.now();
    if (left <= 0) throw new HubError("TIMEOUT", `${server.entry.name} did not end its task in time`, { hint: longer });
    await clock.sleep(Math.min(pauseOf(task), left), call.signal);
  }
}

const longer = "Raise timeoutMs of this server";

/** A task that nobody waits for any more is ended. */
async function orCancelled(task: Result, { server, call }: Waiting, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const signal = new AbortController().signal;
    void server.request("tasks/cancel", task, { ...call, signal }).catch(() => undefined);
    throw call.signal.aborted ? new HubError("CANCELLED", "The call was cancelled", { cause }) : cause;
  }
}

const withTasks = (call: SourceCall): SourceCall => ({
  ...call,
  clientCapabilities: {
    ...call.clientCapabilities,
    extensions: { ...(call.clientCapabilities?.["extensions"] as Result | undefined), [tasksExtension]: {} },
  },
});

function wantsTasks(cause: unknown): boolean {
  const { rpcCode, data } = HubError.from(cause).details ?? {};
  return rpcCode === missingCapability && field(field(field(data, "requiredCapabilities"), "extensions"), tasksExtension) !== undefined;
}

const isOver = ({ status }: Result): boolean => status === "completed" || status === "failed" || status === "cancelled";

function resultOf({ status, result, error, statusMessage }: Result, server: string): Result {
  if (status === "completed" && typeof result === "object" && result !== null) return result as Result;
  const why = field(error, "message") ?? statusMessage;
  const code = field(error, "code");
  throw new HubError("UPSTREAM_REJECTED", typeof why === "string" ? why : `${server} ended its task without a result`, {
    details: typeof code === "number" ? { rpcCode: code, data: field(error, "data") } : undefined,
  });
}

/** The caller's answers to what a task has asked since; undefined where it asks nothing new. */
async function answers({ inputRequests }: Result, call: SourceCall, answered: Set<string>): Promise<Result | undefined> {
  const open = Object.entries((inputRequests ?? {}) as Readonly<Record<string, unknown>>).filter(([key]) => !answered.has(key));
  if (open.length === 0) return undefined;
  const ask = call.onServerRequest;
  if (!ask) throw new HubError("UPSTREAM_REJECTED", "The tool asks for input, and there is nobody to give it");
  const given = open.map(async ([key, request]) => {
    answered.add(key);
    return [key, await ask(String(field(request, "method")), (field(request, "params") ?? {}) as Result)] as const;
  });
  return Object.fromEntries(await Promise.all(given));
}

function pauseOf({ pollIntervalMs }: Result): number {
  const told = typeof pollIntervalMs === "number" ? pollIntervalMs : pauseMs.usual;
  return Math.min(Math.max(told, pauseMs.least), pauseMs.most);
}
