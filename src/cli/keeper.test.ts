import { expect, test } from "bun:test";
import type { Succession } from "#hub/assembly/restart.ts";
import type { Hub } from "#hub/hub.ts";
import { HubError } from "#hub/kernel/errors.ts";
import { followsVariable } from "#hub/kernel/follows.ts";
import type { Exit, Runtime } from "#hub/kernel/runtime.ts";
import { fakeRuntime } from "../../tests/support/fake-runtime.ts";
import { keepHub, type KeepOptions } from "./keeper.ts";
import { testTerminal } from "./terminal.ts";

/** One process that was started to follow, driven by the test. */
interface Twin {
  readonly pid: number;
  readonly told: unknown[];
  say(message: unknown): void;
  exit(exit: Exit): void;
}

/** Runs a hub that does nothing, in a world where processes are only noted. */
function begin(given: Partial<Runtime> = {}, start: () => Promise<void> = async () => undefined) {
  const twins: Twin[] = [];
  const signals: unknown[] = [];
  const leaving = Promise.withResolvers<void>();
  const stop = new AbortController();
  const terminal = testTerminal();
  const succession = Promise.withResolvers<Succession>();
  const runtime = fakeRuntime({
    startAgain() {
      const exited = Promise.withResolvers<Exit>();
      const told: unknown[] = [];
      let say: (message: unknown) => void = () => undefined;
      const pid = 100 + twins.length;
      twins.push({ pid, told, say: (message) => say(message), exit: exited.resolve });
      const send = async (message: unknown) => void told.push(message);
      return { pid, exited: exited.promise, closed: exited.promise.then(() => undefined), send, listen: (listener) => (say = listener) };
    },
    ...given,
  });
  const host = { ...runtime.host, kill: (...signal: unknown[]) => signals.push(signal) > 0 };
  const hub = { start, stop: async () => undefined, leaving: leaving.promise } as unknown as Hub;
  const open: KeepOptions["open"] = async (made) => {
    succession.resolve(made);
    return hub;
  };
  const kept = keepHub({ runtime: { ...runtime, host }, terminal, signal: stop.signal, open });
  return { kept, succession: succession.promise, twins, signals, leave: leaving.resolve, stop, terminal };
}

const legacy = { port: 4000, isShared: true };
const turns = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

test("a hub that nobody follows ends with 0", async () => {
  const { kept, stop } = begin();
  stop.abort();
  expect(await kept).toBe(0);
});

test("the process in front stays, passes signals on, starts the next ones and ends as the last of them", async () => {
  const { kept, succession, twins, signals, leave, terminal } = begin();
  const first = (await succession).follow(legacy, () => undefined);
  twins[0]!.say({ is: "ready" });
  expect(await first).toBe(100);
  leave();

  twins[0]!.say({ is: "restart", legacy });
  await turns();
  twins[1]!.say({ is: "prepared" });
  await turns();
  expect(twins[0]!.told).toEqual([{ is: "release" }]);
  twins[1]!.say({ is: "ready" });
  await turns();
  expect(twins[0]!.told).toEqual([{ is: "release" }, { is: "followed", pid: 101 }]);

  twins[0]!.exit({ code: 0, signal: null });
  await turns();
  terminal.interrupt("SIGTERM");
  expect(signals).toEqual([[101, "SIGTERM"]]);
  twins[1]!.exit({ code: 9, signal: null });
  expect(await kept).toBe(9);
});

test("a follower that is killed ends the process in front as a shell would say it", async () => {
  const { kept, succession, twins, leave } = begin();
  const followed = (await succession).follow(legacy, () => undefined);
  twins[0]!.say({ is: "ready" });
  await followed;
  leave();
  twins[0]!.exit({ code: null, signal: "SIGKILL" });
  expect(await kept).toBe(137);
});

test("a follower whose own follower fails is told why, and stays the one in charge", async () => {
  const { kept, succession, twins, leave } = begin();
  const followed = (await succession).follow(legacy, () => undefined);
  twins[0]!.say({ is: "ready" });
  await followed;
  leave();
  twins[0]!.say({ is: "restart", legacy });
  await turns();
  twins[1]!.say({ is: "failed", error: new HubError("VALIDATION", "bad").toJSON() });
  await turns();
  expect(twins[0]!.told).toMatchObject([{ is: "refused", error: { code: "VALIDATION" } }]);
  twins[0]!.exit({ code: 3, signal: null });
  expect(await kept).toBe(3);
});

test("a signal that comes while the next hub starts ends that one too", async () => {
  const { kept, succession, twins, signals, stop } = begin();
  const followed = (await succession).follow(legacy, () => undefined);
  stop.abort();
  twins[0]!.say({ is: "ready" });
  await followed;
  expect(signals).toEqual([[100, "SIGTERM"]]);
  twins[0]!.exit({ code: 0, signal: null });
  expect(await kept).toBe(0);
});

test("a hub that follows says when it is ready, or why it never will be", async () => {
  const said: unknown[] = [];
  const starter = {
    send: async (message: unknown) => void said.push(message),
    listen: () => undefined,
    closed: new Promise<void>(() => undefined),
  };
  const env = { [followsVariable]: JSON.stringify(legacy) };
  const good = begin({ starter, env });
  expect((await good.succession).legacy).toEqual(legacy);
  good.leave();
  expect([await good.kept, said]).toEqual([0, [{ is: "ready" }]]);

  said.length = 0;
  const bad = begin({ starter, env }, () => Promise.reject(new HubError("CONFLICT", "the port is taken")));
  expect(await bad.kept.catch((error: HubError) => error.code)).toBe("CONFLICT");
  expect(said).toEqual([{ is: "failed", error: new HubError("CONFLICT", "the port is taken").toJSON() }]);
});
