import { expect, test } from "bun:test";
import fc from "fast-check";
import { addLatency, latencyText, mergeLatency, parseLatency, quantile, type Latency } from "./latency.ts";

const of = (times: readonly number[]) => {
  const latency: Latency = new Map();
  for (const ms of times) addLatency(latency, ms);
  return latency;
};
const times = fc.array(fc.double({ min: 0.1, max: 3_000_000, noNaN: true }), { minLength: 1 });

test("a quantile is at most a tenth off the true one", () => {
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.95), (all, share) => {
      const truth = all.toSorted((a, b) => a - b)[Math.ceil(all.length * share) - 1]!;
      expect(quantile(of(all), share)! / truth).toBeWithin(0.9, 1.1);
    }),
  );
});

test("two of them added are what one over all would be, also after they were text", () => {
  fc.assert(
    fc.property(times, times, (one, two) => {
      const sum = parseLatency(latencyText(of(one)));
      mergeLatency(sum, of(two));
      expect(sum).toEqual(of([...one, ...two]));
    }),
  );
});

test("of nothing there is no quantile, and nothing falls out of the buckets", () => {
  expect(quantile(of([]), 0.5)).toBeUndefined();
  expect(quantile(of([0]), 0.5)).toBeLessThan(0.11);
  expect(quantile(of([1e12]), 0.5)).toBeGreaterThan(3_600_000);
});
