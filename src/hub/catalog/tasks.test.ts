import { expect, test } from "bun:test";
import type { Source, TaskEra } from "./source.ts";
import { createdTask, renameTask, taskEraOf, withMeantTaskSupport } from "./tasks.ts";

const extensions = { "io.modelcontextprotocol/tasks": {} };
const tasks = { requests: { tools: { call: {} } } };
const lists = { known: true, caching: {}, tools: [], resources: [], resourceTemplates: [], prompts: [] };

test("a server has the tasks of the revision it speaks, whatever else it declares", () => {
  const era = (protocolVersion: string | undefined, declared: object) =>
    taskEraOf({ ...lists, protocolVersion, declared: { ...declared } });
  expect(era("2025-11-25", { tasks, extensions })).toBe("legacy");
  expect(era("2026-07-28", { tasks, extensions })).toBe("modern");
  expect(era("2025-11-25", { extensions })).toBeUndefined();
  expect(era("2026-07-28", { tasks })).toBeUndefined();
  expect(era("2025-11-25", { tasks: { requests: {} } })).toBeUndefined();
  expect(era(undefined, { tasks: null, extensions: "?" })).toBeUndefined();
});

test("a tool says that it can be a task only where its server has tasks", () => {
  const shown = (era: TaskEra | undefined, execution: object) => {
    const definition = { name: "job", inputSchema: {}, execution };
    const source = { tasks: era } as unknown as Source;
    return withMeantTaskSupport({ id: "a.job", wireName: "a__job", source, definition })["execution"];
  };
  expect(shown("legacy", { taskSupport: "optional", other: 1 })).toEqual({ taskSupport: "optional", other: 1 });
  expect(shown(undefined, { taskSupport: "required", other: 1 })).toEqual({ other: 1 });
  expect(shown("modern", { taskSupport: "required" })).toEqual({});
});

test("what looks like a task without its id is none", () => {
  expect(createdTask({ task: { taskId: 1 } }, "legacy")).toBeUndefined();
  expect(createdTask({ task: "1" }, "legacy")).toBeUndefined();
  expect(createdTask({ resultType: "task" }, "modern")).toBeUndefined();
  expect(createdTask({ resultType: "complete", taskId: "1" }, "modern")).toBeUndefined();
});

test("only the task that is meant is renamed", () => {
  const other = { taskId: "9", _meta: { "io.modelcontextprotocol/related-task": { taskId: "9" } }, content: [{ taskId: "1" }] };
  expect(renameTask(other, "1", "x")).toEqual(other);
});
