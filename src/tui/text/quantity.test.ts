import { expect, test } from "bun:test";
import { ago, bytes, count, duration, plural } from "./quantity.ts";

test("durations use the largest unit that says something", () => {
  expect([12, 1400, 45_000, 200_000, 8_000_000, 300_000_000].map(duration)).toEqual(["12ms", "1.4 s", "45 s", "3 min", "2 h", "3 d"]);
});

test("sizes are binary", () => {
  expect([412, 1229, 96_468_992].map(bytes)).toEqual(["412 B", "1.2 KiB", "92 MiB"]);
});

test("counts are grouped", () => {
  expect([7, 1204, 10_000, 1_234_567].map(count)).toEqual(["7", "1 204", "10 000", "1 234 567"]);
  expect([plural(1, "tool"), plural(2, "tool")]).toEqual(["1 tool", "2 tools"]);
});

test("ago never says 0ms", () => {
  expect([ago(100, 200), ago(0, 61_000)]).toEqual(["now", "1 min ago"]);
});
