import { expect, test } from "bun:test";
import type { Answer, Outcome } from "./outcome.ts";
import { noteRecovery, recoveryMs, verdictOf, type Down } from "./verdict.ts";

const call = (answer: Answer, times: Partial<Outcome> = {}): Outcome => ({
  kind: "HTTP+SSE",
  server: "a",
  marker: "s1-c1",
  sentAt: 1_000,
  doneAt: 1_100,
  answer,
  ...times,
});
const unavailable = { code: "UPSTREAM_UNAVAILABLE", message: "a is not reachable" };
const down = (from: number, back?: number): Down => ({ server: "a", from, back });

test("an answer is right with its own marker and all of its text", () => {
  expect(verdictOf(call({ marker: "s1-c1", isWhole: true }), [])).toBe("right");
  expect(verdictOf(call({ marker: "s1-c1", isWhole: false }), [])).toBe("wrong");
  expect(verdictOf(call({ marker: "s2-c1", isWhole: true }), [])).toBe("crossed");
});

test("no answer is lost, even while the server is down", () => {
  expect(verdictOf(call({ nothing: "in 30 s" }), [down(0)])).toBe("lost");
});

test("an error is honest only while its own server is down or coming back", () => {
  const at = (...downs: Down[]) => verdictOf(call(unavailable), downs);
  expect(at()).toBe("wrong");
  expect(at({ ...down(0), server: "b" })).toBe("wrong");
  expect(at(down(1_100))).toBe("honest error");
  expect(at(down(1_101))).toBe("wrong");
  expect(at(down(500, 1_000 - recoveryMs))).toBe("honest error");
  expect(at(down(500, 999 - recoveryMs))).toBe("wrong");
});

test("a server that is down excuses no error of another kind", () => {
  for (const code of ["NOT_FOUND", "INTERNAL", "HTTP 404"]) expect(verdictOf(call({ code, message: "" }), [down(0)])).toBe("wrong");
});

test("a server has recovered with the first right answer to what was asked after it came back", () => {
  const downs = [down(0, 900), down(950)];
  noteRecovery(call({ marker: "s1-c1", isWhole: true }, { sentAt: 899, doneAt: 950 }), downs);
  expect(downs.map(({ recoveredAt }) => recoveredAt)).toEqual([undefined, undefined]);
  noteRecovery(call({ marker: "s1-c1", isWhole: true }), downs);
  noteRecovery(call({ marker: "s1-c1", isWhole: true }, { sentAt: 2_000, doneAt: 2_100 }), downs);
  expect(downs.map(({ recoveredAt }) => recoveredAt)).toEqual([1_100, undefined]);
});
