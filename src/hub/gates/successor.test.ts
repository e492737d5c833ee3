import { describe, expect, test } from "bun:test";
import { fakeClock, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import type { HubError } from "../kernel/errors.ts";
import { followsVariable } from "../kernel/follows.ts";
import type { Exit } from "../kernel/runtime.ts";
import { startSuccessor, type FromFollower, type Legacy } from "./successor.ts";

const legacy: Legacy = { port: 4000, socket: "/run/hub.sock", isShared: true };

/** A process that does what the test says, and what it was given and told. */
function begin() {
  const clock = fakeClock();
  const seen = { env: {}, told: [] as unknown[], signals: [] as unknown[], prepared: 0, restarts: [] as Legacy[] };
  const exited = Promise.withResolvers<Exit>();
  const closed = Promise.withResolvers<void>();
  let say: (message: FromFollower) => void = () => undefined;
  const runtime = fakeRuntime({
    clock,
    startAgain(env) {
      seen.env = env;
      const send = async (message: unknown) => void seen.told.push(message);
      return { pid: 77, exited: exited.promise, closed: closed.promise, send, listen: (listener) => (say = listener) };
    },
  });
  const host = { ...runtime.host, kill: (...signal: unknown[]) => seen.signals.push(signal) > 0 };
  const started = startSuccessor(legacy, {
    runtime: { ...runtime, host },
    onPrepared: () => seen.prepared++,
    onRestart: (next) => seen.restarts.push(next),
  });
  const failure = () =>
    started.then(
      () => Promise.reject(new Error("it followed")),
      (error: HubError) => error.toJSON(),
    );
  return { clock, seen, started, failure, exited, closed, say: (message: FromFollower) => say(message) };
}

test("it is told what it inherits, and has followed when it says that it is ready", async () => {
  const { seen, started, say } = begin();
  expect(seen.env).toEqual({ [followsVariable]: JSON.stringify(legacy) });
  say({ is: "prepared" });
  expect(seen.prepared).toBe(1);
  say({ is: "ready" });
  const successor = await started;
  expect(successor.pid).toBe(77);
  await successor.tell({ is: "followed", pid: 78 });
  successor.signal("SIGTERM");
  expect([seen.told, seen.signals]).toEqual([[{ is: "followed", pid: 78 }], [[77, "SIGTERM"]]]);
  say({ is: "restart", legacy: { port: 1, isShared: false } });
  expect(seen.restarts).toEqual([{ port: 1, isShared: false }]);
});

describe("it has not followed, and does not stay, when it", () => {
  test("says why", async () => {
    const { seen, failure, say } = begin();
    say({ is: "failed", error: { code: "VALIDATION", message: "file:3: no", retryable: false, hint: "Correct it" } });
    expect(await failure()).toEqual({
      code: "VALIDATION",
      message: "The hub was not restarted and goes on: file:3: no",
      retryable: false,
      hint: "Correct it",
    });
    expect(seen.signals).toEqual([[77, "SIGKILL"]]);
  });

  test("dies; its last words count, however late they are heard", async () => {
    const { failure, exited, closed, say } = begin();
    exited.resolve({ code: 3, signal: null });
    await Promise.resolve();
    say({ is: "failed", error: { code: "FORBIDDEN", message: "no such key", retryable: false } });
    closed.resolve();
    expect(await failure()).toMatchObject({ code: "FORBIDDEN", message: expect.stringContaining("no such key") });
  });

  test("dies without a word", async () => {
    const { failure, exited, closed } = begin();
    exited.resolve({ code: null, signal: "SIGSEGV" });
    closed.resolve();
    expect(await failure()).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("it ended with SIGSEGV") });
  });

  test("takes too long", async () => {
    const { clock, seen, failure } = begin();
    const failed = failure();
    await clock.advance(60_000);
    expect(await failed).toMatchObject({ code: "TIMEOUT", message: expect.stringContaining("60 seconds") });
    expect(seen.signals).toEqual([[77, "SIGKILL"]]);
  });

  test("cannot be started", async () => {
    const runtime = fakeRuntime({
      startAgain: () => {
        throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      },
    });
    const started = startSuccessor(legacy, { runtime, onPrepared: () => undefined, onRestart: () => undefined });
    expect(await started.catch((error: HubError) => error.toJSON())).toMatchObject({
      code: "UNAVAILABLE",
      message: "The hub was not restarted and goes on: the program could not be started",
    });
  });
});
