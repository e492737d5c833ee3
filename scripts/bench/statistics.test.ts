import { expect, test } from "bun:test";
import { median, medianOf, quantile, slopeOf } from "./statistics.ts";

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

test("a slope is that of the line which the points lie on, or closest to", () => {
  expect(slopeOf([1, 2, 5].map((x) => ({ x, y: 3 - 2 * x })))).toBeCloseTo(-2);
  const between = [
    { x: 0, y: 0 },
    { x: 1, y: 3 },
    { x: 2, y: 1 },
    { x: 3, y: 4 },
  ];
  expect(slopeOf(between)).toBeCloseTo(1);
});

test("there is no slope without two different points in time", () => {
  expect(slopeOf([])).toBe(0);
  expect(
    slopeOf([
      { x: 1, y: 5 },
      { x: 1, y: 9 },
    ]),
  ).toBe(0);
});
