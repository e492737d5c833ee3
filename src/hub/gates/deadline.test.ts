import { expect, test } from "bun:test";
import { HubError } from "#hub/kernel/errors.ts";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { deadline } from "./deadline.ts";

test("without a limit it is the caller's own signal", () => {
  const caller = new AbortController();
  const until = deadline(fakeClock(), caller.signal, undefined);
  expect([until.signal, until.isTimed, until.reason()]).toEqual([caller.signal, false, undefined]);
  expect(deadline(fakeClock(), undefined, undefined).signal).toBeUndefined();
});

test("time runs out, unless it is let go before", async () => {
  const clock = fakeClock();
  const [kept, dropped] = [deadline(clock, undefined, 100), deadline(clock, undefined, 100)];
  await clock.advance(99);
  expect(kept.reason()).toBeUndefined();
  dropped[Symbol.dispose]();
  await clock.advance(1);
  expect([kept.reason()?.code, dropped.reason()?.code]).toEqual(["TIMEOUT", undefined]);
});

test.each([
  ["CANCELLED", undefined],
  ["CANCELLED", new Error("left")],
  ["TIMEOUT", new DOMException("late", "TimeoutError")],
  ["UNAVAILABLE", new HubError("UNAVAILABLE", "The hub is stopping")],
] as const)("%s is how the caller's reason reads", async (code, reason) => {
  const caller = new AbortController();
  const until = deadline(fakeClock(), caller.signal, 100);
  const stopped = (work: Promise<unknown>) => until.race(work).catch(() => "stopped");
  const waiting = stopped(new Promise(() => undefined));
  caller.abort(reason);
  expect(until.reason()?.code).toBe(code);
  expect([await waiting, await stopped(Promise.resolve(1))]).toEqual(["stopped", "stopped"]);
});
