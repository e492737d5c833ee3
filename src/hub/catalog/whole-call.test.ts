import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { HubError } from "../kernel/errors.ts";
import { localOwner } from "../kernel/principal.ts";
import type { Result } from "./call.ts";
import type { SourceCall, TaskEra } from "./source.ts";
import { wholeCall } from "./whole-call.ts";

const needsTasks = new HubError("UPSTREAM_REJECTED", "needs tasks", {
  details: { rpcCode: -32021, data: { requiredCapabilities: { extensions: { "io.modelcontextprotocol/tasks": {} } } } },
});
const modernTask = { resultType: "task", taskId: "1", status: "working" };

function world(tasks: TaskEra, answer: (method: string, params: Result, call: SourceCall) => Result) {
  const clock = fakeClock();
  const asked: [string, Result][] = [];
  const stop = new AbortController();
  const server = {
    capabilities: { tools: [{ name: "must", inputSchema: {}, execution: { taskSupport: "required" } }] },
    entry: { name: "files", callTimeoutMs: 10_000 },
    request: async (method: string, params: Result, call: SourceCall) => {
      asked.push([method, params]);
      return answer(method, params, call);
    },
  };
  const run = (given: Partial<SourceCall> = {}) =>
    wholeCall(
      { name: "must", arguments: {} },
      { signal: stop.signal, asker: { principal: localOwner, door: "rest" }, ...given },
      { tasks, clock, server: server as never },
    );
  return { clock, asked, stop, run, methods: () => asked.map(([method]) => method) };
}

const declares = ({ clientCapabilities }: SourceCall) => clientCapabilities?.["extensions"] !== undefined;

test("a tool that needs no task is called once, as it was asked for", async () => {
  for (const era of ["legacy", "modern"] as const) {
    const { asked, run } = world(era, () => ({ content: [] }));
    await run();
    if (era === "modern") expect(asked).toEqual([["tools/call", { name: "must", arguments: {} }]]);
    else expect(asked[0]).toEqual(["tools/call", { name: "must", arguments: {}, task: { ttl: 10_000 } }]);
  }
});

test("a server of 2026 is asked again with tasks, and then looked at at its own pace", async () => {
  let looks = 0;
  const { clock, run, methods } = world("modern", (method, _params, call) => {
    if (!declares(call)) throw needsTasks;
    if (method === "tools/call") return modernTask;
    looks += 1;
    return looks < 3 ? { ...modernTask, pollIntervalMs: 2_000 } : { status: "completed", result: { content: ["all"] } };
  });
  const result = run();
  await clock.advance(1_999);
  expect(methods()).toEqual(["tools/call", "tools/call", "tasks/get"]);
  await clock.advance(2_001);
  expect(await result).toEqual({ content: ["all"] });
});

test("another refusal is the answer", async () => {
  const { run, methods } = world("modern", () => {
    throw new HubError("UPSTREAM_REJECTED", "no", { details: { rpcCode: -32602 } });
  });
  await expect(run()).rejects.toMatchObject({ message: "no" });
  expect(methods()).toEqual(["tools/call"]);
});

test("a task that failed fails the call as it would have failed", async () => {
  const { run } = world("modern", (method) =>
    method === "tools/call" ? modernTask : { status: "failed", error: { code: -32000, message: "It broke", data: { at: 1 } } },
  );
  await expect(run()).rejects.toMatchObject({
    code: "UPSTREAM_REJECTED",
    message: "It broke",
    details: { rpcCode: -32000, data: { at: 1 } },
  });
});

test("what a task asks is asked once, and without anybody to answer the task is cancelled", async () => {
  const asks = {
    ...modernTask,
    status: "input_required",
    inputRequests: { q: { method: "elicitation/create", params: { message: "?" } } },
  };
  let looks = 0;
  const { clock, asked, run } = world("modern", (method) => {
    if (method === "tools/call") return modernTask;
    if (method !== "tasks/get") return {};
    looks += 1;
    return looks < 3 ? asks : { status: "completed", result: { content: [] } };
  });
  const questions: unknown[] = [];
  const result = run({ onServerRequest: async (...question) => (questions.push(question), { action: "accept" }) });
  await clock.advance(5_000);
  expect(await result).toEqual({ content: [] });
  expect(questions).toEqual([["elicitation/create", { message: "?" }]]);
  expect(asked.filter(([method]) => method === "tasks/update")).toEqual([
    ["tasks/update", { taskId: "1", inputResponses: { q: { action: "accept" } } }],
  ]);

  const silent = world("modern", (method) => (method === "tools/call" ? modernTask : asks));
  await expect(silent.run()).rejects.toThrow("nobody to give it");
  expect(silent.methods().at(-1)).toBe("tasks/cancel");
});

test("a task that takes too long, or whose caller has left, is cancelled", async () => {
  for (const leaves of [false, true]) {
    const { clock, stop, run, methods } = world("modern", () => modernTask);
    const result = run();
    result.catch(() => undefined);
    await clock.advance(500);
    if (leaves) stop.abort();
    else await clock.advance(60_000);
    await expect(result).rejects.toMatchObject({ code: leaves ? "CANCELLED" : "TIMEOUT" });
    expect(methods().at(-1)).toBe("tasks/cancel");
  }
});
