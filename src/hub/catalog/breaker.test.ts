import { expect, test } from "bun:test";
import fc from "fast-check";
import { closed, reduce, refusedForMs, type Breaker, type BreakerInput } from "./breaker.ts";

const limit = 3;
const failed: BreakerInput = { type: "failed", isProbe: false };
const probeFailed: BreakerInput = { type: "failed", isProbe: true };
const run = (inputs: readonly (readonly [BreakerInput, number])[], breaker = closed) =>
  inputs.reduce((current, [input, now]) => reduce(current, input, { now, limit }), breaker);
const opened = run([
  [failed, 0],
  [failed, 0],
  [failed, 0],
]);

test("as many failures in a row as the limit open it, and an answer between them starts the count anew", () => {
  expect(
    run([
      [failed, 0],
      [failed, 0],
      [{ type: "answered" }, 0],
      [failed, 0],
      [failed, 0],
    ]).state,
  ).toBe("closed");
  expect(
    run([
      [failed, 0],
      [{ type: "left", isProbe: false }, 0],
      [failed, 0],
      [failed, 0],
    ]).state,
  ).toBe("open");
  expect(refusedForMs(opened, 0)).toBe(5_000);
  expect(refusedForMs(opened, 4_999)).toBe(1);
});

test("after its time one call is let through; while that is under way all others are refused", () => {
  expect(refusedForMs(opened, 5_000)).toBe(0);
  const tried = reduce(opened, { type: "tried" }, { now: 5_000, limit });
  expect(refusedForMs(tried, 5_000)).toBe(5_000);
  expect(refusedForMs(tried, 200_000)).toBe(5_000);
  // One that never ends keeps no tool closed for ever.
  expect(refusedForMs(tried, 305_000)).toBe(0);
  expect(reduce(tried, { type: "answered" }, { now: 6_000, limit })).toEqual(closed);
});

test("each call that was tried in vain doubles the time, up to five minutes", () => {
  let breaker: Breaker = opened;
  const waits: number[] = [];
  for (let now = 0, times = 0; times < 9; times++) {
    waits.push(refusedForMs(breaker, now)!);
    breaker = run(
      [
        [{ type: "tried" }, (now += waits.at(-1)!)],
        [probeFailed, now],
      ],
      breaker,
    );
  }
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
});

test("a try that told nothing is made again at once", () => {
  const left = run(
    [
      [{ type: "tried" }, 5_000],
      [{ type: "left", isProbe: true }, 6_000],
    ],
    opened,
  );
  expect(refusedForMs(left, 6_000)).toBe(0);
});

test("calls from before it opened neither prolong it nor let more through", () => {
  const inputs: BreakerInput[] = [failed, { type: "left", isProbe: false }];
  for (const input of inputs) expect(reduce(opened, input, { now: 4_000, limit })).toBe(opened);
});

const step = fc.tuple(
  fc.oneof(
    fc.constantFrom<BreakerInput>({ type: "tried" }, { type: "answered" }),
    fc.tuple(fc.constantFrom("failed" as const, "left" as const), fc.boolean()).map(([type, isProbe]): BreakerInput => ({ type, isProbe })),
  ),
  fc.nat(400_000),
);

test("whatever happens, it opens by failures alone, lets a call through in time, and closes with an answer", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let [breaker, now, inRow]: [Breaker, number, number] = [closed, 0, 0];
      for (const [input, passed] of steps) {
        now += passed;
        const before = breaker;
        breaker = reduce(before, input, { now, limit });
        if (input.type === "answered") expect(breaker).toEqual(closed);
        inRow = input.type === "answered" ? 0 : inRow + (input.type === "failed" && before.state === "closed" ? 1 : 0);
        expect(breaker.state).toBe(inRow >= limit ? "open" : "closed");
        const wait = refusedForMs(breaker, now);
        if (breaker.state === "open") expect(wait).toBeLessThanOrEqual(300_000);
        expect(refusedForMs(breaker, now + 300_000) ?? 0).toBe(0);
      }
    }),
  );
});
