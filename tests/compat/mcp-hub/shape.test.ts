import { expect, test } from "bun:test";
import { differences, shapeOf } from "./shape.ts";

test("a missing key, another type and another element are each found once", () => {
  const found = (a: unknown, b: unknown) => differences(shapeOf(a), shapeOf(b));
  expect(found({ a: 1, b: { c: 1, d: 2 } }, { a: "1" })).toEqual([".a number → string", ".b object → absent"]);
  expect(found({ a: [1] }, { a: [1, null] })).toEqual([".a[] number → null|number"]);
  expect(found({ a: [{ x: 1 }, { y: 1 }] }, { a: [{ y: 5, x: 2 }] })).toEqual([]);
});

test("keys that are data have one name", () => {
  expect(differences(shapeOf({ 4000: 1 }, { 4000: "<port>" }), shapeOf({ 5000: 2 }, { 5000: "<port>" }))).toEqual([]);
});
