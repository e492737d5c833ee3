import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { foldingFor, jsonLines, valueText } from "./json-lines.ts";

const open = { depth: 99, exceptions: new Set<string>() };

describe("jsonLines", () => {
  test("names every line by its jq path", () => {
    const paths = jsonLines({ ok: true, items: [{ id: 1 }], "odd key": null }, open).map(({ path }) => path);
    expect(paths).toEqual(["", ".ok", ".items", ".items[0]", ".items[0].id", '.["odd key"]']);
  });

  test("leaves out what is folded", () => {
    const value = { a: { b: { c: 1 } }, d: 2 };
    expect(jsonLines(value, { depth: 1, exceptions: new Set() }).map(({ path }) => path)).toEqual(["", ".a", ".d"]);
    expect(jsonLines(value, { depth: 1, exceptions: new Set([".a"]) }).map(({ path }) => path)).toEqual(["", ".a", ".a.b", ".d"]);
  });

  test("has one line per value when everything is open", () => {
    const size = (value: unknown): number =>
      typeof value === "object" && value !== null ? Object.values(value).reduce((sum: number, child) => sum + size(child), 1) : 1;
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(jsonLines(value, open)).toHaveLength(size(value))));
  });
});

test("a huge value opens folded, a small one open", () => {
  const rows = Array.from({ length: 5000 }, (_, id) => ({ id, nested: { deep: [1, 2, 3] } }));
  expect(jsonLines({ rows }, foldingFor({ rows }, 2000)).length).toBeLessThanOrEqual(2);
  expect(jsonLines({ a: { b: { c: 1 } } }, foldingFor({ a: { b: { c: 1 } } }, 2000))).toHaveLength(4);
});

test("values are said in one safe line", () => {
  expect(valueText("a\u001b[2Jb\n", false)).toBe('"a\\u001b[2Jb\\n"');
  expect(valueText({ a: 1, b: 2 }, false)).toBe("{2}  a, b");
  expect([valueText([], false), valueText({}, false), valueText([1, 2], true)]).toEqual(["[]", "{}", "[2]"]);
});
