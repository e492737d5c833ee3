import { expect, test } from "bun:test";
import { changeAt, type Draft } from "./changes.ts";

const entry = { url: "http://127.0.0.1:1/mcp" };
const given = { servers: { a: entry, b: entry, c: entry }, guests: { g: entry, h: entry } };

test("a round changes a field, adds a server, changes a filter, removes the server again and changes a connection", () => {
  const draft: Draft = { fields: {} };
  const make = (step: number) => {
    changeAt(step, given).make(draft);
    return structuredClone(draft);
  };
  expect(make(0)).toEqual({ fields: { a: { description: "Described in round 0" } } });
  expect(make(1).guest).toBe("g");
  expect(make(2).fields["b"]).toEqual({ disabled_tools: ["spare"] });
  expect(make(3).guest).toBeUndefined();
  expect(make(4).fields["c"]).toEqual({ env: { ROUND: "0" } });
  expect(make(6).guest).toBe("h");
});

test("a filter that is there is taken away the next time", () => {
  const draft: Draft = { fields: { b: { description: "kept", disabled_tools: ["spare"] } } };
  changeAt(2, given).make(draft);
  expect(draft.fields["b"]).toEqual({ description: "kept", disabled_tools: undefined });
});

test("a change counts as taken over only when the hub shows it", async () => {
  const seen = (step: number, answer: object) => {
    const change = changeAt(step, given);
    change.make({ fields: {} });
    return change.isSeen(async () => answer);
  };
  expect(await seen(0, { description: "Described in round 0" })).toBe(true);
  expect(await seen(0, { description: "" })).toBe(false);
  expect(await seen(1, { state: "starting" })).toBe(false);
  expect(await seen(1, { state: "ready" })).toBe(true);
  expect(await seen(2, { items: [{ id: "b.repeat" }, { id: "b.spare" }] })).toBe(false);
  expect(await seen(2, { items: [] })).toBe(false);
  expect(await seen(2, { items: [{ id: "b.repeat" }] })).toBe(true);
  expect(await seen(3, { state: "ready" })).toBe(false);
  expect(await seen(3, { error: { code: "NOT_FOUND" } })).toBe(true);
  expect(await seen(4, { state: "ready", since: 1 })).toBe(false);
  expect(await seen(4, { state: "ready", since: Number.POSITIVE_INFINITY })).toBe(true);
});
