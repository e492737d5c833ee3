import { expect, test } from "bun:test";
import { fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { HubError } from "../kernel/errors.ts";
import { followsVariable } from "../kernel/follows.ts";
import { followerOf } from "./follower.ts";
import type { Legacy, ToFollower } from "./successor.ts";

const legacy: Legacy = { port: 4000, isShared: true };

function begin() {
  const said: unknown[] = [];
  const signals: unknown[] = [];
  const closed = Promise.withResolvers<void>();
  let tell: (message: ToFollower) => void = () => undefined;
  const send = async (message: unknown) => void said.push(message);
  const runtime = fakeRuntime({
    env: { [followsVariable]: JSON.stringify(legacy) },
    starter: { send, closed: closed.promise, listen: (listener) => (tell = listener) },
  });
  const host = { ...runtime.host, pid: 12, kill: (...signal: unknown[]) => signals.push(signal) > 0 };
  const follower = followerOf({ ...runtime, host })!;
  return { follower, said, signals, closed, tell: (message: ToFollower) => tell(message) };
}

test("a process that nobody started to follow a hub follows none", () => {
  expect(followerOf(fakeRuntime({ env: { [followsVariable]: JSON.stringify(legacy) } }))).toBeUndefined();
});

test("it knows what it inherits, and says how far it is", async () => {
  const { follower, said } = begin();
  expect(follower.legacy).toEqual(legacy);
  await follower.prepared();
  await follower.ready();
  await follower.failed(new HubError("CONFLICT", "taken"));
  expect(said).toEqual([
    { is: "prepared" },
    { is: "ready" },
    { is: "failed", error: { code: "CONFLICT", message: "taken", retryable: false } },
  ]);
});

test("when the process in front is gone, it hangs up on itself", async () => {
  const { signals, closed } = begin();
  closed.resolve();
  await closed.promise;
  expect(signals).toEqual([[12, "SIGHUP"]]);
});

test("it is followed in its turn through the process in front", async () => {
  const { follower, said, tell } = begin();
  let released = 0;
  const restarted = follower.restart({ port: 4000, isShared: false }, () => released++);
  expect(said).toEqual([{ is: "restart", legacy: { port: 4000, isShared: false } }]);
  tell({ is: "release" });
  expect(released).toBe(1);
  tell({ is: "followed", pid: 13 });
  expect(await restarted).toBe(13);

  const again = follower.restart(legacy, () => released++);
  tell({ is: "refused", error: { code: "TIMEOUT", message: "too late", retryable: true } });
  expect(await again.catch((error: HubError) => error.toJSON())).toMatchObject({ code: "TIMEOUT", message: "too late" });
  expect(released).toBe(1);
});
