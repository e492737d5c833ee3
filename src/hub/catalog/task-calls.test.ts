import { expect, test } from "bun:test";
import { fakeClock, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { createPolicy } from "../gates/policy.ts";
import { HubError } from "../kernel/errors.ts";
import { localOwner, type Principal } from "../kernel/principal.ts";
import type { Call, FinishedCall, Result } from "./call.ts";
import { createCatalog } from "./catalog.ts";
import { createPipeline } from "./pipeline.ts";
import type { Source, SourceCall } from "./source.ts";

type Eventually<T> = T | Promise<T>;

const ana: Principal = { ...localOwner, id: "ana" };
const bob: Principal = { ...localOwner, id: "bob" };
const scope = { era: "legacy", source: undefined } as const;
const call = (principal = ana, given: Partial<Call> = {}): Call => ({
  principal,
  door: "mcp",
  signal: new AbortController().signal,
  takesTask: "legacy",
  ...given,
});

/** Two servers that name their tasks `1`, `2`, … each for itself. */
function world(answer: (method: string, params: Result, call: SourceCall) => Eventually<Result | undefined> = () => undefined) {
  const clock = fakeClock();
  const asked: [string, string, unknown][] = [];
  const finished: FinishedCall[] = [];
  const made: Record<string, number> = {};
  const server = (id: string): Source => ({
    id,
    kind: "server",
    title: id,
    description: "",
    available: true,
    tasks: "legacy",
    tools: [
      { name: "job", inputSchema: { type: "object" }, execution: { taskSupport: "optional" } },
      { name: "plain", inputSchema: { type: "object" } },
    ],
    resources: [],
    resourceTemplates: [],
    prompts: [],
    async request(method, params, asker) {
      asked.push([id, method, params["taskId"]]);
      const given = await answer(method, params, asker);
      if (given) return given;
      if (method !== "tools/call") return { taskId: params["taskId"], status: "working", ttl: 60_000 };
      made[id] = (made[id] ?? 0) + 1;
      return { task: { taskId: String(made[id]), status: "working", ttl: 60_000, createdAt: "then", lastUpdatedAt: "then" } };
    },
  });
  const sources = [server("a"), server("b")];
  const pipeline = createPipeline({
    clock,
    random: fakeRuntime().random,
    catalog: createCatalog({ clock, sources: () => sources }),
    policy: createPolicy(),
    learn: async () => undefined,
    limits: { maxResultBytes: 10_000, maxConcurrentCalls: 100, maxToolFailures: 5 },
    finished: (ended) => void finished.push(ended),
  });
  const start = async (tool: string, principal = ana) =>
    String(((await pipeline.callTool(tool, {}, call(principal)))["task"] as Result)["taskId"]);
  const get = (taskId: string, principal = ana, given: Partial<Call> = {}) =>
    pipeline.tasks.ask({ method: "tasks/get", params: { taskId } }, call(principal, given), scope);
  return { clock, asked, finished, made, pipeline, start, get };
}

const missing = { code: "NOT_FOUND" };

test("a task leads to the server that made it, whatever others call theirs, and every request is told of", async () => {
  const { asked, finished, start, get } = world();
  const [one, other] = [await start("a.job"), await start("b.job")];
  expect(one).not.toBe(other);
  expect(await get(other)).toMatchObject({ taskId: other, status: "working" });
  expect(await get(one)).toMatchObject({ taskId: one });
  expect(asked.slice(2)).toEqual([
    ["b", "tasks/get", "1"],
    ["a", "tasks/get", "1"],
  ]);
  expect(finished.at(-1)).toMatchObject({ kind: "task", source: "a", target: "a.job", input: { method: "tasks/get", taskId: one } });
});

test("what is told of a task reaches its principal, and nobody else", async () => {
  const { pipeline, start } = world();
  const heard: [string, unknown][] = [];
  for (const [principal, source] of [
    ["ana", undefined],
    ["ana", "b"],
    ["bob", undefined],
  ] as const)
    pipeline.tasks.onStatus({ era: "legacy", source, principal }, ({ taskId }) => heard.push([`${principal} ${source}`, taskId]));
  const taskId = await start("a.job");
  pipeline.tasks.told("a", { taskId: "1", status: "completed" });
  pipeline.tasks.told("b", { taskId: "1", status: "completed" });
  pipeline.tasks.told("a", { taskId: "7", status: "completed" });
  expect(heard).toEqual([["ana undefined", taskId]]);
});

test("a task that was not asked for in its time is forgotten, one that is asked for is kept", async () => {
  const { clock, asked, start, get } = world();
  const [kept, left] = [await start("a.job"), await start("a.job")];
  await clock.advance(40_000);
  await get(kept);
  await clock.advance(40_000);
  await get(kept);
  const before = asked.length;
  await expect(get(left)).rejects.toMatchObject(missing);
  expect(asked.length).toBe(before);
});

test("a principal has a thousand tasks; the one that was not asked for the longest makes room, and nobody else's", async () => {
  const { start, get } = world();
  const his = await start("a.job", bob);
  const first = await start("a.job");
  const second = await start("a.job");
  for (let made = 2; made < 1_000; made++) await start("a.job");
  await get(first);
  await start("a.job");
  expect(await get(first)).toMatchObject({ taskId: first });
  expect(await get(his, bob)).toMatchObject({ taskId: his });
  await expect(get(second)).rejects.toMatchObject(missing);
});

test("a server that counts anew gives nobody the task of somebody else", async () => {
  const { made, start, get } = world();
  const before = await start("a.job");
  made["a"] = 0;
  const after = await start("a.job", bob);
  await expect(get(before)).rejects.toMatchObject(missing);
  expect(await get(after, bob)).toMatchObject({ taskId: after });
});

test("a task that its server no longer has is forgotten, one that cannot be cancelled is not", async () => {
  let gone = "";
  const { pipeline, asked, start, get } = world((method) => {
    if (method !== gone) return undefined;
    throw new HubError("UPSTREAM_REJECTED", "no", { details: { rpcCode: -32602 } });
  });
  const taskId = await start("a.job");
  gone = "tasks/cancel";
  await expect(pipeline.tasks.ask({ method: gone, params: { taskId } }, call(), scope)).rejects.toMatchObject({
    code: "UPSTREAM_REJECTED",
  });
  gone = "tasks/get";
  await expect(get(taskId)).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
  const before = asked.length;
  await expect(get(taskId)).rejects.toMatchObject(missing);
  expect(asked.length).toBe(before);
});

test("who may no longer use a tool has no task of it either", async () => {
  const { start, get } = world();
  const taskId = await start("a.job");
  await expect(get(taskId, { ...ana, sources: ["b"] })).rejects.toMatchObject(missing);
});

test("a list has the caller's tasks in pages, as they are now, or as they were where their server is away", async () => {
  let away = false;
  const { pipeline, start } = world((method) => {
    if (method === "tasks/get" && away) throw new HubError("UPSTREAM_UNAVAILABLE", "away");
    return method === "tasks/get" ? { taskId: "x", status: "completed" } : undefined;
  });
  await start("b.job", bob);
  const own: string[] = [];
  for (let made = 0; made < 51; made++) own.push(await start("a.job"));
  away = true;
  const first = await pipeline.tasks.list(undefined, call(), scope);
  expect(first["tasks"]).toEqual(
    own.slice(0, 50).map((taskId) => ({ taskId, status: "working", ttl: 60_000, createdAt: "then", lastUpdatedAt: "then" })),
  );
  away = false;
  const last = await pipeline.tasks.list(String(first["nextCursor"]), call(), scope);
  expect(last).toEqual({ tasks: [expect.objectContaining({ status: "completed" })] });
  expect(await pipeline.tasks.list(undefined, call(), { ...scope, source: "b" })).toEqual({ tasks: [] });
});

test("only a tool that says so is called as a task", async () => {
  const { pipeline, asked } = world();
  await expect(pipeline.callTool("a.plain", {}, call())).rejects.toMatchObject({ code: "VALIDATION", details: { rpcCode: -32601 } });
  expect(asked).toEqual([]);
});

test("what a server and a client say to each other about a task names it as each knows it", async () => {
  const related = (taskId: unknown) => ({ _meta: { "io.modelcontextprotocol/related-task": { taskId, kept: true } } });
  const heard: unknown[] = [];
  const { pipeline, start } = world(async (method, params, asker) => {
    if (method !== "tasks/result") return undefined;
    heard.push(params["_meta"]);
    asker.onNotification?.({ method: "notifications/message", params: related("1") });
    heard.push(await asker.onServerRequest?.("elicitation/create", { message: "?", ...related("1") }));
    return { content: [], ...related("1") };
  });
  const taskId = await start("a.job");
  const told: unknown[] = [];
  const result = await pipeline.tasks.ask(
    { method: "tasks/result", params: { taskId } },
    call(ana, {
      passed: related(taskId),
      onNotification: ({ params }) => told.push(params),
      onServerRequest: async (_method, params) => (told.push(params), { action: "accept", ...related(taskId) }),
    }),
    scope,
  );
  expect(result).toEqual({ content: [], ...related(taskId) });
  expect(told).toEqual([related(taskId), { message: "?", ...related(taskId) }]);
  expect(heard).toEqual([related("1")._meta, { action: "accept", ...related("1") }]);
});
