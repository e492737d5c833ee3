import { expect, test } from "bun:test";
import fc from "fast-check";
import { editDistance, nearest } from "./suggest.ts";

test("typing errors are recognised, other words are not", () => {
  const verbs = ["list", "get", "start", "stop", "restart", "logs"];
  expect(["lst", "restrat", "stpo", "STOP", "sta"].map((word) => nearest(word, verbs))).toEqual([
    "list",
    "restart",
    "stop",
    "stop",
    "start",
  ]);
  expect(["install", "x", ""].map((word) => nearest(word, verbs))).toEqual([undefined, undefined, undefined]);
  expect(nearest("server", ["serve", "servers"])).toBe("servers");
});

test("the distance is a metric: zero for the same, symmetric, at most the longer length", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(editDistance(a, a)).toBe(0);
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
