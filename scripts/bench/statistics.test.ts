import { expect, test } from "bun:test";
import { median, medianOf, quantile } from "./statistics.ts";

test("the median is the middle one, or lies between the two middle ones", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 100])).toBe(3);
});

test("a quantile is a value that was measured", () => {
  const sorted = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  expect([0, 0.5, 0.99, 1].map((share) => quantile(sorted, share))).toEqual([1, 5, 10, 10]);
  expect(quantile([7], 0.5)).toBe(7);
});

test("a ratio is taken inside each round: a slow moment of the machine cancels out", () => {
  const rounds = [
    { hub: 60, relay: 100 },
    { hub: 6, relay: 10 },
    { hub: 600, relay: 1000 },
  ];
  expect(medianOf(rounds, ({ hub, relay }) => hub / relay)).toBe(0.6);
});
