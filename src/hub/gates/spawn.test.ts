import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HubError } from "#hub/kernel/errors.ts";
import { silentLog } from "#hub/kernel/log.ts";
import { fakeClock, fakeFiles, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { fakeSpawn, type FakeBehaviour } from "../../../tests/support/fake-spawn.ts";
import { createSpawnGate, type GatedProcess, type SpawnRequest } from "./spawn.ts";

interface World {
  readonly behave?: (argv: readonly string[]) => FakeBehaviour;
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string>;
  readonly processes?: number;
  readonly which?: (command: string, where: { PATH: string; cwd: string }) => string | null;
}

function world({ behave, env = { PATH: "/bin", HOME: "/home/ana" }, files = {}, processes, which }: World = {}) {
  const clock = fakeClock();
  const fake = fakeSpawn(behave);
  const runtime = fakeRuntime({ spawn: fake.spawn, host: fake.host, clock, env, files: fakeFiles(files) });
  const gate = createSpawnGate({ runtime, log: silentLog, limits: { processes }, which: which ?? fake.which });
  /** Waits for work that needs time to pass. */
  const over = async <T>(work: PromiseLike<T>, ms: number): Promise<T> => {
    await clock.advance(ms);
    return work;
  };
  return { clock, fake, gate, over };
}

const request = (given: Partial<SpawnRequest> = {}): SpawnRequest => ({ argv: ["server", "--flag"], env: {}, owner: "files", ...given });
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => new HubError("INTERNAL", "it did not fail"),
    (cause: unknown) => cause as HubError,
  );

describe("starting", () => {
  test("C16 arguments stay literal, and no shell is added", async () => {
    const { gate, fake } = world();
    const argv = ["server", ";rm -rf /", "$(id)", "a\nb", "{unknown}", "", "--x=`y`"];
    await gate.start(request({ argv }));
    expect(fake.started[0]!.argv).toEqual(argv);
  });

  test.each([[[]], [[""]], [["  "]], [["a\0b"]], [["a\nb"]], [["a\rb"]], [["server", "x\0y"]]])("%j is not a command", async (argv) => {
    const { gate, fake } = world();
    expect((await failureOf(gate.start(request({ argv })))).code).toBe("VALIDATION");
    expect(fake.started).toEqual([]);
    expect(gate.count()).toBe(0);
  });

  test("D5 a child gets the declared variables and the inherited base, nothing else", async () => {
    const hub = {
      PATH: "/bin",
      HOME: "/home/ana",
      LANG: "C",
      SHELL: "() { :; }; evil",
      HUBCTL_MASTER_KEY: "k",
      BUN_BE_BUN: "1",
      AWS_SECRET_ACCESS_KEY: "s",
      LD_PRELOAD: "x",
    };
    const { gate, fake } = world({ env: hub });
    await gate.start(request({ env: { TOKEN: "t", LANG: "de" } }));
    expect(fake.started[0]!.options.env).toEqual({ PATH: "/bin", HOME: "/home/ana", LANG: "de", TOKEN: "t" });
  });

  test.each([
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "DYLD_INSERT_LIBRARIES",
    "NODE_OPTIONS",
    "PYTHONSTARTUP",
    "BUN_BE_BUN",
    "BUN_OPTIONS",
    "PATH",
    "Path",
    "BASH_ENV",
    "JAVA_TOOL_OPTIONS",
  ])("D3 %s is refused unless it is allowed by name", async (name) => {
    const { gate, fake } = world();
    const error = await failureOf(gate.start(request({ env: { [name]: "s3cret" } })));
    expect(error).toMatchObject({ code: "FORBIDDEN", details: { variable: name } });
    expect(error.message).toContain(name);
    expect(error.hint).toContain("allowEnv");
    expect(JSON.stringify(error)).not.toContain("s3cret");
    await gate.start(request({ env: { [name]: "s3cret" }, allowEnv: [name] }));
    expect(fake.started[0]!.options.env[name]).toBe("s3cret");
  });

  test.each([[{ "": "x" }], [{ "A=B": "x" }], [{ "A\0": "x" }], [{ A: "x\0y" }]])("%j is no environment", async (env) => {
    expect((await failureOf(world().gate.start(request({ env })))).code).toBe("VALIDATION");
  });

  test("a missing command is named, with the PATH of the child", async () => {
    const where: object[] = [];
    const { gate, fake } = world({ which: (_, place) => (where.push(place), null), files: { "/srv/app/main.js": "" } });
    const error = await failureOf(gate.start(request({ argv: ["uvx"], env: { PATH: "/opt/bin" }, allowEnv: ["PATH"], cwd: "/srv/app" })));
    expect(error).toMatchObject({
      code: "NOT_FOUND",
      message: "files was not started: the command uvx was not found in PATH (/opt/bin)",
      details: { command: "uvx", path: "/opt/bin" },
    });
    expect(error.hint).toContain("Install uvx");
    expect(where).toEqual([{ PATH: "/opt/bin", cwd: "/srv/app" }]);
    expect(fake.started).toEqual([]);
  });

  test("a missing working directory is the reason that is told", async () => {
    const enoent = Object.assign(new Error("ENOENT"), { code: "ENOENT" });
    for (const given of [{ which: () => null }, { behave: () => ({ fails: enoent }) }]) {
      const error = await failureOf(world(given).gate.start(request({ cwd: "/gone" })));
      expect(error).toMatchObject({ code: "NOT_FOUND", message: "files was not started: its working directory /gone does not exist" });
    }
  });

  test.each([
    ["ENOENT", "NOT_FOUND", "interpreter"],
    ["EACCES", "FORBIDDEN", "executed"],
    ["ENOEXEC", "VALIDATION", "no program"],
    ["E2BIG", "VALIDATION", "too long"],
    ["EMFILE", "UNAVAILABLE", "no more processes"],
    ["EWEIRD", "UPSTREAM_UNAVAILABLE", "EWEIRD"],
  ])("%s of the system becomes %s", async (system, code, telling) => {
    const { gate } = world({ behave: () => ({ fails: Object.assign(new Error(system), { code: system }) }) });
    const error = await failureOf(gate.start(request()));
    expect(error.code).toBe(code as HubError["code"]);
    expect(error.message).toContain(telling);
    expect(error.hint).toBeString();
    expect(gate.count()).toBe(0);
  });

  test("the cap is named, and frees up as processes end", async () => {
    const { gate, fake, clock } = world({ processes: 2 });
    await Promise.all([gate.start(request()), gate.start(request())]);
    expect(await failureOf(gate.start(request({ owner: "third" })))).toMatchObject({
      code: "QUOTA_EXCEEDED",
      message: expect.stringContaining("2 processes"),
      details: { limit: 2 },
    });
    fake.started[0]!.exit();
    await clock.advance(0);
    await gate.start(request());
    expect(gate.count()).toBe(2);
  });

  test("ten starts at once do not slip past the cap", async () => {
    const { gate, fake } = world({ processes: 3 });
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => gate.start(request())));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(fake.started).toHaveLength(3);
  });
});

describe("stopping", () => {
  test("closing stdin is enough for who minds it", async () => {
    const { gate, fake, over } = world();
    const child = await gate.start(request());
    expect(await over(child.stop(), 0)).toEqual({ code: 0, signal: null });
    expect(fake.started[0]!.signals).toEqual([]);
    expect(gate.count()).toBe(0);
  });

  test("then SIGTERM, then SIGKILL, within the grace", async () => {
    const { gate, fake, clock } = world({ behave: ([, how]) => ({ endsOn: how as "SIGTERM" }) });
    const [polite, deaf] = await Promise.all([
      gate.start(request({ argv: ["a", "SIGTERM"] })),
      gate.start(request({ argv: ["a", "SIGKILL"] })),
    ]);
    const stopped = Promise.all([polite.stop(), deaf.stop()]);
    await clock.advance(499);
    expect(fake.started.map(({ signals }) => signals)).toEqual([[], []]);
    await clock.advance(1);
    expect(fake.started.map(({ isAlive }) => isAlive)).toEqual([false, true]);
    await clock.advance(1_499);
    expect(fake.started[1]!.isAlive).toBe(true);
    await clock.advance(1);
    expect(await stopped).toEqual([
      { code: null, signal: "SIGTERM" },
      { code: null, signal: "SIGKILL" },
    ]);
  });

  test("is one and the same however often it is asked for", async () => {
    const { gate, fake, over } = world({ behave: () => ({ endsOn: "SIGTERM" }) });
    const child = await gate.start(request());
    const [one, two] = [child.stop(), child.stop({ graceMs: 1 })];
    expect(two).toBe(one);
    await over(one, 2_000);
    await child.stop();
    expect(fake.started[0]!.signals).toEqual(["SIGTERM"]);
  });

  test("whom a leader leaves behind is ended too, gently first", async () => {
    const { gate, fake, clock } = world({ behave: ([, left]) => ({ leaves: left as "SIGTERM" }) });
    await Promise.all([gate.start(request({ argv: ["npx", "SIGTERM"] })), gate.start(request({ argv: ["npx", "SIGKILL"] }))]);
    for (const process of fake.started) process.exit(3);
    await clock.advance(0);
    expect(fake.started.map(({ isGroupAlive }) => isGroupAlive)).toEqual([false, true]);
    expect(gate.count()).toBe(1);
    await clock.advance(520);
    expect(fake.started.map(({ signals }) => signals)).toEqual([["SIGTERM"], ["SIGTERM", "SIGKILL"]]);
    expect(gate.count()).toBe(0);
  });

  test("one that not even SIGKILL ends is not waited for, and still counts", async () => {
    const clock = fakeClock();
    const fake = fakeSpawn(() => ({ endsOn: "SIGKILL" }));
    const runtime = fakeRuntime({ spawn: fake.spawn, host: { ...fake.host, kill: () => true, isAlive: () => true }, clock });
    const gate = createSpawnGate({ runtime, log: silentLog, which: fake.which });
    const stopped = (await gate.start(request())).stop();
    await clock.advance(3_500);
    expect(await stopped).toEqual({ code: null, signal: "SIGKILL" });
    expect(gate.count()).toBe(1);
  });

  test("disposing ends all at once, and nothing starts after", async () => {
    const { gate, fake, over } = world({ behave: () => ({ endsOn: "SIGKILL", leaves: "SIGKILL" }) });
    await Promise.all(Array.from({ length: 5 }, () => gate.start(request())));
    await over(gate[Symbol.asyncDispose](), 2_600);
    expect(fake.started.some(({ isGroupAlive }) => isGroupAlive)).toBe(false);
    expect(gate.count()).toBe(0);
    expect((await failureOf(gate.start(request()))).code).toBe("UNAVAILABLE");
    expect(fake.guardians.map(({ isAlive }) => isAlive)).toEqual([false]);
  });
});

type Step =
  | { readonly do: "start"; readonly behaviour: FakeBehaviour }
  | { readonly do: "stop" | "exit" | "wait" | "guardian dies"; readonly which: number };

const behaviour = fc.record({
  endsOn: fc.constantFrom("close" as const, "SIGTERM" as const, "SIGKILL" as const),
  leaves: fc.constantFrom(undefined, "SIGTERM" as const, "SIGKILL" as const),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("start" as const), behaviour }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("stop" as const, "exit" as const, "wait" as const, "guardian dies" as const),
      which: fc.nat(2_000),
    }),
  },
);

test("D7 whatever happens in whatever order: never more than the cap, nobody left at the end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      let next: FakeBehaviour = {};
      const { gate, fake, clock, over } = world({ processes: 4, behave: () => next });
      const children: GatedProcess[] = [];
      const stops: Promise<unknown>[] = [];
      for (const one of steps) {
        if (one.do === "start") {
          next = one.behaviour;
          const started = await gate.start(request()).catch((cause: unknown) => expect((cause as HubError).code).toBe("QUOTA_EXCEEDED"));
          if (started) children.push(started);
        } else if (one.do === "wait") await clock.advance(one.which);
        else if (one.do === "guardian dies") fake.guardians.at(-1)?.exit(1);
        else if (one.do === "exit") fake.started[one.which % children.length]?.exit(1);
        else stops.push(children[one.which % children.length]?.stop() ?? Promise.resolve());
        await clock.advance(0);
        const alive = fake.started.filter(({ isGroupAlive }) => isGroupAlive).length;
        expect(alive).toBeLessThanOrEqual(gate.count());
        expect(gate.count()).toBeLessThanOrEqual(4);
        expect(fake.guardians.filter(({ isAlive }) => isAlive).length).toBeLessThanOrEqual(1);
      }
      await over(gate[Symbol.asyncDispose](), 5_000);
      await Promise.all(stops);
      expect(fake.started.some(({ isGroupAlive }) => isGroupAlive)).toBe(false);
      expect(gate.count()).toBe(0);
      expect(fake.guardians.some(({ isAlive }) => isAlive)).toBe(false);
    }),
    { numRuns: 250 },
  );
});
