import { expect, test } from "bun:test";
import { fakeClock, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { createPolicy } from "../gates/policy.ts";
import { HubError } from "../kernel/errors.ts";
import { localOwner, type Principal } from "../kernel/principal.ts";
import type { Call, FinishedCall } from "./call.ts";
import { createPipeline } from "./pipeline.ts";
import { createCatalog } from "./catalog.ts";
import { doors, type Source } from "./source.ts";

const { random } = fakeRuntime();
type Answer = (params: Record<string, unknown>) => Promise<Record<string, unknown>>;

function pipelineOver(answer: Answer, limits = {}, clock = fakeClock()) {
  const asked: { method: string; params: Record<string, unknown> }[] = [];
  const finished: FinishedCall[] = [];
  const source: Source = {
    id: "files",
    tenant: "default",
    kind: "server",
    title: "files",
    description: "",
    available: true,
    tools: [
      {
        name: "read",
        inputSchema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
        annotations: { readOnlyHint: true },
      },
      { name: "wipe", inputSchema: { type: "object" } },
      { name: "odd", inputSchema: { type: "object", properties: { x: { type: "no such type" } } } },
    ],
    resources: [{ uri: "file:///a", name: "a" }],
    resourceTemplates: [],
    prompts: [{ name: "greet" }],
    request: (method, params) => {
      asked.push({ method, params });
      return answer(params);
    },
  };
  const learned: string[] = [];
  const pipeline = createPipeline({
    clock,
    random,
    catalog: createCatalog({ clock, sources: () => [source] }),
    policy: createPolicy(),
    learn: async (name) => void learned.push(name),
    limits: { maxResultBytes: 1_000, maxConcurrentCalls: 2, maxToolFailures: 5, ...limits },
    finished: (call) => void finished.push(call),
  });
  return { pipeline, asked, finished, learned };
}

const call = (given: Partial<Call> = {}): Call => ({ principal: localOwner, door: "rest", signal: new AbortController().signal, ...given });
const reader: Principal = { ...localOwner, id: "reader", kind: "token", scopes: new Set(["tools:call"]), readOnly: true };
const stranger: Principal = { ...reader, sources: ["other"] };
const ok: Answer = async () => ({ content: [] });

test("what is told of a call says how long its source took and how large the result was", async () => {
  const clock = fakeClock();
  const { pipeline, finished } = pipelineOver(
    async () => {
      expect(pipeline.running().get("files")).toBe(1);
      await clock.advance(30);
      return { content: [{ type: "text", text: "x".repeat(50) }] };
    },
    { maxResultBytes: 100, maxConcurrentCalls: 1 },
    clock,
  );
  await pipeline.callTool("files__wipe", {}, call());
  expect(pipeline.running().get("files")).toBe(0);
  await pipeline.callTool("files__read", {}, call()).catch(() => undefined);
  expect(finished).toMatchObject([{ sourceMs: 30, isCapped: false }, { outcome: "VALIDATION" }]);
  expect(finished[0]!.resultSize).toBeGreaterThan(50);
  expect(finished[1]!.sourceMs).toBeUndefined();
  const capped = pipelineOver(async () => ({ content: [{ type: "text", text: "x".repeat(500) }] }), { maxResultBytes: 100 });
  await capped.pipeline.callTool("files__wipe", {}, call()).catch(() => undefined);
  expect(capped.finished).toMatchObject([{ outcome: "UPSTREAM_REJECTED", isCapped: true }]);
});

test("a call is resolved, allowed, validated, run, and then told", async () => {
  const { pipeline, asked, finished } = pipelineOver(ok);
  await pipeline.callTool("files__read", { path: "/a" }, call());
  expect(asked).toEqual([{ method: "tools/call", params: { name: "read", arguments: { path: "/a" } } }]);
  expect(finished).toMatchObject([{ kind: "tool", target: "files.read", source: "files", outcome: "OK", door: "rest" }]);
});

test("what is refused never reaches the source, and is told with its reason", async () => {
  const { pipeline, asked, finished } = pipelineOver(ok);
  const refused = [
    [() => pipeline.callTool("files.read", { path: 3 }, call()), "VALIDATION"],
    [() => pipeline.callTool("files.wipe", {}, call({ principal: reader })), "FORBIDDEN"],
    [() => pipeline.callTool("files__read", { path: "/a" }, call({ principal: stranger })), "NOT_FOUND"],
  ] as const;
  for (const [attempt, code] of refused) await expect(attempt()).rejects.toMatchObject({ code });
  expect(asked).toEqual([]);
  expect(finished.map(({ outcome }) => outcome)).toEqual(refused.map(([, code]) => code));
});

test("a name nobody knows is looked for at servers that were never listed, then it is not found", async () => {
  const { pipeline, learned } = pipelineOver(ok);
  await expect(pipeline.callTool("other.tool", {}, call())).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(learned).toEqual(["other.tool"]);
});

test("G9 a tool that may not be known of is refused in the same words as one that is not there", async () => {
  const { pipeline } = pipelineOver(ok);
  const words = async (name: string) =>
    pipeline
      .callTool(name, { path: "/a" }, call({ principal: stranger }))
      .catch((cause: HubError) => JSON.stringify(cause).replaceAll(name, "NAME"));
  for (const name of ["files.read", "files__read"]) expect(await words(name)).toBe(await words("files.nothing"));
});

test("G9 a source of another tenant does not exist", async () => {
  const { pipeline, asked } = pipelineOver(ok);
  const elsewhere = call({ principal: { ...localOwner, tenant: "other" } });
  await expect(pipeline.callTool("files.wipe", {}, elsewhere)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(pipeline.readResource("file:///a", elsewhere)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(asked).toEqual([]);
});

test("a schema that cannot be compiled leaves the judgement to the server", async () => {
  const { pipeline, asked } = pipelineOver(ok);
  await pipeline.callTool("files.odd", { x: 1 }, call());
  expect(asked).toHaveLength(1);
});

test("a tool's own failure is a result, told as such", async () => {
  const { pipeline, finished } = pipelineOver(async () => ({ isError: true, content: [] }));
  expect(await pipeline.callTool("files.wipe", {}, call())).toMatchObject({ isError: true });
  expect(finished[0]?.outcome).toBe("TOOL_ERROR");
});

test("I5 a result over the limit is refused whole", async () => {
  const { pipeline } = pipelineOver(async () => ({ content: [{ type: "text", text: "x".repeat(1_001) }] }));
  await expect(pipeline.callTool("files.wipe", {}, call())).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
});

test("a source takes only so many calls at once, and takes more when one has ended", async () => {
  const held = Promise.withResolvers<Record<string, unknown>>();
  const { pipeline } = pipelineOver(() => held.promise);
  const first = [pipeline.callTool("files.wipe", {}, call()), pipeline.callTool("files.wipe", {}, call())];
  await expect(pipeline.callTool("files.wipe", {}, call())).rejects.toMatchObject({ code: "RATE_LIMITED" });
  held.resolve({ content: [] });
  await Promise.all(first);
  await pipeline.callTool("files.wipe", {}, call());
});

test("a result does not leave before its audit row is written, nor when it cannot be", async () => {
  const order: string[] = [];
  const clock = fakeClock();
  const source: Source = {
    id: "s",
    kind: "hub",
    title: "",
    description: "",
    available: true,
    tools: [{ name: "t", inputSchema: {} }],
    resources: [],
    resourceTemplates: [],
    prompts: [],
    request: async () => ({ content: [] }),
  };
  const audited = createPipeline({
    clock,
    random,
    policy: createPolicy(),
    learn: async () => undefined,
    limits: { maxResultBytes: 1_000, maxConcurrentCalls: 1, maxToolFailures: 5 },
    catalog: createCatalog({ clock, sources: () => [source] }),
    finished: async () => {
      await Promise.resolve();
      order.push("audit");
      if (order.length > 2) throw new HubError("UNAVAILABLE", "The audit log cannot be written");
    },
  });
  await audited.callTool("s.t", {}, call()).then(() => order.push("result"));
  expect(order).toEqual(["audit", "result"]);
  await expect(audited.callTool("s.t", {}, call())).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("every kind of call goes through the same gate, from every door", async () => {
  const nobody: Principal = { ...localOwner, scopes: new Set(["hub:read"]) };
  for (const door of doors) {
    const { pipeline, asked, finished } = pipelineOver(ok);
    const from = call({ principal: nobody, door });
    const attempts = [
      () => pipeline.callTool("files.wipe", {}, from),
      () => pipeline.readResource("file:///a", from),
      () => pipeline.getPrompt("files.greet", undefined, from),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(asked).toEqual([]);
    expect(finished.map((one) => one.door)).toEqual([door, door, door]);
  }
});
