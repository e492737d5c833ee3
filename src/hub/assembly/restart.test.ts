import { expect, test } from "bun:test";
import { fakeClock, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { HubError } from "../kernel/errors.ts";
import type { Heir } from "../gateway/forward.ts";
import type { Gateway } from "./gateway.ts";
import { createRestart, type RestartMoment, type Succession } from "./restart.ts";

function begin({ canShare = true, follow }: { canShare?: boolean; follow: Succession["follow"] }) {
  const done: string[] = [];
  const clock = fakeClock();
  const listener = {
    port: 4000,
    url: "http://127.0.0.1:4000",
    socket: "/run/hub.sock",
    share: async () => (done.push("share"), canShare),
    unshare: async () => void done.push("unshare"),
    release: () => void done.push("release"),
    retire: (heir: Heir) => void done.push(`retire for ${heir.url} ${heir.socket}`),
  };
  const moment: RestartMoment = { gateway: { listener } as unknown as Gateway, isFollowed: false };
  const runtime = { clock, host: { ...fakeRuntime().host, pid: 12 } };
  const succession: Succession = { legacy: undefined, prepared: () => undefined, follow };
  const restart = createRestart({ succession, moment, runtime, leave: () => done.push("leave") });
  return { restart, moment, done, clock };
}

const retired = "retire for http://127.0.0.1:4000 /run/hub.sock";
const codeOf = (restarting: Promise<unknown>) => restarting.then(String, (error: HubError) => error.code);

test("the hub that follows inherits port and socket, and this one leaves", async () => {
  const { restart, moment, done, clock } = begin({
    async follow(legacy, release) {
      expect(legacy).toEqual({ port: 4000, socket: "/run/hub.sock", isShared: true });
      release();
      await clock.sleep(300);
      return 13;
    },
  });
  const restarting = restart();
  await clock.advance(300);
  expect(await restarting).toEqual({ pid: 13, previousPid: 12, ms: 300 });
  expect([moment.isFollowed, done]).toEqual([true, ["share", retired, "leave"]]);
  expect(await codeOf(restart())).toBe("CONFLICT");
});

test("a port that two cannot share is let go of when the other one is prepared", async () => {
  const { restart, done } = begin({
    canShare: false,
    async follow(legacy, release) {
      expect(legacy.isShared).toBe(false);
      release();
      return 13;
    },
  });
  await restart();
  expect(done).toEqual(["share", "release", retired, "leave"]);
});

test("when none follows the port is this hub's alone again, and it can be tried anew", async () => {
  const failure = Promise.withResolvers<number>();
  const { restart, moment, done } = begin({ follow: () => failure.promise });
  const restarting = codeOf(restart());
  expect(await codeOf(restart())).toBe("CONFLICT");
  failure.reject(new HubError("VALIDATION", "bad configuration"));
  expect(await restarting).toBe("VALIDATION");
  expect([moment.isFollowed, done]).toEqual([false, ["share", "unshare"]]);
  expect(await codeOf(restart())).toBe("VALIDATION");
});

test("a port that was let go of in vain takes the hub along", async () => {
  const { restart, done } = begin({
    canShare: false,
    async follow(_, release) {
      release();
      throw new HubError("CONFLICT", "somebody else was faster");
    },
  });
  expect(await codeOf(restart())).toBe("CONFLICT");
  expect(done).toEqual(["share", "release", "leave"]);
});

test("a hub inside a command cannot be restarted", async () => {
  const moment: RestartMoment = { gateway: undefined, isFollowed: false };
  const restart = createRestart({ succession: undefined, moment, runtime: fakeRuntime(), leave: () => undefined });
  expect(await codeOf(restart())).toBe("NOT_FOUND");
});
