import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import type { Clock, Files, Keychain, Runtime } from "#hub/kernel/runtime.ts";

export interface FakeClock extends Clock {
  /** Moves time on, running what falls due, and lets promises settle between. */
  advance(ms: number): Promise<void>;
}

/** A clock that stands still until `advance`. */
export function fakeClock(start = 1_763_700_000_000): FakeClock {
  let now = start;
  let timers: { at: number; every?: number; run: () => void }[] = [];
  const add = (timer: (typeof timers)[number]): Disposable => {
    timers.push(timer);
    return { [Symbol.dispose]: () => void (timers = timers.filter((other) => other !== timer)) };
  };
  const settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  return {
    now: () => now,
    monotonic: () => now - start,
    after: (ms, run) => add({ at: now + ms, run }),
    every: (ms, run) => add({ at: now + ms, every: ms, run }),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const timer = add({ at: now + ms, run: resolve });
        signal?.addEventListener(
          "abort",
          () => {
            timer[Symbol.dispose]();
            reject(signal.reason as Error);
          },
          { once: true },
        );
      }),
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const next = timers.filter((timer) => timer.at <= end).toSorted((a, b) => a.at - b.at)[0];
        if (!next) break;
        now = Math.max(now, next.at);
        if (next.every) next.at += next.every;
        else timers = timers.filter((timer) => timer !== next);
        next.run();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}

/** Files in memory, with watchers that fire at once. */
export function fakeFiles(initial: Record<string, string> = {}): Files & { readonly content: Map<string, string> } {
  const content = new Map(Object.entries(initial));
  const watchers = new Set<{ directory: string; changed: (name: string | undefined) => void }>();
  const announce = (path: string) => {
    const cut = path.lastIndexOf("/");
    for (const watcher of watchers) if (watcher.directory === path.slice(0, cut)) watcher.changed(path.slice(cut + 1));
  };
  return {
    content,
    read: async (path) => content.get(path),
    async replace(path, text) {
      content.set(path, text);
      announce(path);
    },
    async create(path, text) {
      if (content.has(path)) return false;
      content.set(path, text);
      announce(path);
      return true;
    },
    async append(path, text) {
      content.set(path, (content.get(path) ?? "") + text);
    },
    async remove(path) {
      content.delete(path);
      announce(path);
    },
    list: async (directory) =>
      [...content.keys()].filter((path) => path.startsWith(`${directory}/`)).map((path) => path.slice(directory.length + 1)),
    makeDirectory: async () => undefined,
    watchDirectory(directory, changed) {
      const watcher = { directory, changed };
      watchers.add(watcher);
      return { [Symbol.dispose]: () => void watchers.delete(watcher) };
    },
  };
}

export function fakeKeychain(entries: Record<string, string> = {}): Keychain {
  const held = new Map(Object.entries(entries));
  return {
    get: async (name) => held.get(name),
    set: async (name, value) => {
      held.set(name, value);
      return true;
    },
  };
}

const refuse = (what: string) => () => {
  throw new Error(`this test has no ${what}`);
};

/** A world without network, processes or disk; give what the test needs. */
export function fakeRuntime(given: Partial<Runtime> = {}): Runtime {
  let ids = 0;
  return {
    clock: fakeClock(),
    random: { id: () => `id-${String(++ids).padStart(6, "0")}`, bytes: systemRuntime.random.bytes, float: () => 0.5 },
    files: fakeFiles(),
    fetch: refuse("network"),
    spawn: refuse("processes"),
    startAgain: refuse("processes"),
    starter: undefined,
    resolve: refuse("resolver"),
    keychain: fakeKeychain(),
    env: {},
    host: { ...systemRuntime.host, cwd: "/work", home: "/home/ana", kill: () => true, isAlive: () => true },
    ...given,
  };
}
