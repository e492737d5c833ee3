import { expect, test } from "bun:test";
import type { Outcome } from "./outcome.ts";
import type { Held } from "./proc.ts";
import { complaints, describe, render, rssSlope, type Run } from "./report.ts";
import { createCounter } from "./tally.ts";

const held = (given: Partial<Held> = {}): Held => ({ rssMb: 100, threads: 9, processes: 3, fds: 40, fdKinds: {}, ...given });
const outcome = (answer: Outcome["answer"]): Outcome => ({
  kind: "HTTP+SSE",
  server: "a",
  marker: "s1-t1-0",
  sentAt: 2_000,
  doneAt: 2_050,
  answer,
});

function run(given: Partial<Run> = {}): Run {
  return {
    seconds: 60,
    endedAt: 60_000,
    tally: createCounter(0).tally(),
    samples: [{ at: 5, ...held() }],
    downs: [],
    rewrites: { taken: 5, missed: [] },
    rest: { first: held(), last: held() },
    ...given,
  };
}

test("a run in which everything was right has nothing to complain of", () => {
  const counter = createCounter(0);
  counter.add(outcome({ marker: "s1-t1-0", isWhole: true }), "right");
  counter.add(outcome({ code: "UPSTREAM_UNAVAILABLE", message: "gone" }), "honest error");
  const downs = [
    { server: "a", from: 0, back: 10, recoveredAt: 900 },
    { server: "a", from: 9_000 },
  ];
  expect(complaints(run({ tally: counter.tally(), downs }))).toEqual([]);
});

test("each kind of failure is complained of", () => {
  const counter = createCounter(0);
  counter.add(outcome({ nothing: "in time" }), "lost");
  counter.add(outcome({ marker: "s2-t1-0", isWhole: true }), "crossed");
  counter.add(outcome({ code: "INTERNAL", message: "a bug" }), "wrong");
  expect(complaints(run({ tally: counter.tally() }))).toEqual(["1 answers lost", "1 answers crossed", "1 answers wrong"]);
  expect(complaints(run({ downs: [{ server: "a", from: 0, back: 10 }] }))).toHaveLength(1);
  expect(complaints(run({ downs: [{ server: "a", from: 0, back: 10, recoveredAt: 10_011 }] }))).toHaveLength(1);
  expect(complaints(run({ downs: [{ server: "a", from: 0, back: 55_000 }] }))).toEqual([]);
  expect(complaints(run({ rewrites: { taken: 0, missed: ["it did not reload"] } }))).toEqual(["it did not reload"]);
  expect(complaints(run({ rest: { first: held(), last: held({ fds: 46 }) } }))).toHaveLength(1);
  expect(complaints(run({ rest: { first: held(), last: held({ processes: 4 }) } }))).toHaveLength(1);
});

test("a failure is told with what came instead of the answer", () => {
  const told = (answer: Outcome["answer"]) => describe({ verdict: "wrong", at: 2, outcome: outcome(answer) });
  expect(told({ code: "INTERNAL", message: "a bug" })).toBe("wrong at 2.0 s after 50 ms, HTTP+SSE, a, s1-t1-0: INTERNAL: a bug");
  expect(told({ marker: "s2-t1-0", isWhole: true })).toEndWith("the text of s2-t1-0");
  expect(told({ nothing: "timed out" })).toEndWith("timed out");
});

test("memory is judged by the second half, per hour", () => {
  const samples = [500, 100, 130, 160].map((rssMb, index) => ({ at: index * 1_200, ...held({ rssMb }) }));
  expect(rssSlope(samples, 2_400)).toBeCloseTo(90);
});

test("the table shows what was held, and why the run failed", () => {
  const text = render(run({ rest: { first: held(), last: held({ processes: 4 }) } }));
  expect(text).toContain("\nfile descriptors           40      40    40          40\n");
  expect(text).toEndWith("FAILED: at rest the hub holds 40 descriptors and 4 processes, and held 40 and 3");
});
