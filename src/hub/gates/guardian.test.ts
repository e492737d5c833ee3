import { describe, expect, test } from "bun:test";
import { createLog, silentLog, type LogRecord } from "#hub/kernel/log.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { fakeClock, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { fakeSpawn } from "../../../tests/support/fake-spawn.ts";
import { createGuardian, guardianArgv } from "./guardian.ts";

function world(platform: NodeJS.Platform = "linux") {
  const clock = fakeClock();
  const fake = fakeSpawn();
  const warnings: LogRecord[] = [];
  const log = createLog({ clock, level: "warn", sinks: [(record) => warnings.push(record)] });
  const runtime = fakeRuntime({ clock, host: { ...fake.host, platform } });
  return { clock, fake, warnings, runtime, log, guardian: createGuardian({ runtime, spawn: fake.spawn, log }) };
}

describe("the guardian", () => {
  test("is started once, and told of every group that comes and goes", async () => {
    const { guardian, fake } = world();
    guardian.start();
    await guardian.watch(7);
    guardian.start();
    await guardian.watch(8);
    await guardian.release(7);
    await guardian.release(7);
    expect(fake.guardians.map(({ received }) => received)).toEqual(["+7\n+8\n-7\n"]);
  });

  test("that dies is replaced by one that knows all groups", async () => {
    const { guardian, fake, clock, warnings } = world();
    guardian.start();
    for (const group of [7, 8, 9]) await guardian.watch(group);
    await guardian.release(8);
    await clock.advance(5_000);
    fake.guardians[0]!.exit(1);
    await clock.advance(0);
    expect(fake.guardians[1]!.received).toBe("+7\n+9\n");
    expect(warnings).toEqual([]);
  });

  test("that cannot live is given up with one warning", async () => {
    const { guardian, fake, clock, warnings } = world();
    guardian.start();
    await guardian.watch(7);
    for (let i = 0; i < 5; i++) {
      fake.guardians.at(-1)!.exit(1);
      await clock.advance(10);
    }
    guardian.start();
    expect(fake.guardians).toHaveLength(3);
    expect(warnings).toHaveLength(1);
  });

  test.each(["throws", "fails later"])("that is missing (the start %s) is warned of once, and the hub goes on", async (how) => {
    const { runtime, log, warnings, clock } = world();
    let starts = 0;
    const enoent = Object.assign(new Error("ENOENT"), { code: "ENOENT" });
    const failing = fakeSpawn(() => ({ fails: enoent }));
    const guardian = createGuardian({
      runtime,
      log,
      spawn: (_, options) => {
        starts++;
        if (how === "throws") throw enoent;
        return failing.spawn(["missing"], options);
      },
    });
    guardian.start();
    await guardian.watch(7);
    await clock.advance(0);
    guardian.start();
    await guardian.watch(8);
    await guardian[Symbol.asyncDispose]();
    expect([starts, warnings.length]).toEqual([1, 1]);
  });

  test("that cannot be written to does not stop the hub", async () => {
    const { runtime, log, fake, clock } = world();
    const epipe = async () => {
      throw Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    };
    const guardian = createGuardian({
      runtime,
      log,
      spawn: (argv, options) => ({ ...fake.spawn(argv, options), stdin: { write: epipe, end: () => undefined } }),
    });
    guardian.start();
    await guardian.watch(7);
    const disposed = guardian[Symbol.asyncDispose]();
    await clock.advance(1_000);
    await disposed;
    expect(fake.guardians.map(({ signals }) => signals)).toEqual([["SIGKILL"]]);
  });

  test("does not exist on Windows", async () => {
    const { guardian, fake, warnings } = world("win32");
    guardian.start();
    await guardian.watch(7);
    expect([fake.guardians, warnings]).toEqual([[], []]);
  });
});

/** Ends when the process says something that matches. */
async function said(stream: ReadableStream<Uint8Array>, pattern: RegExp): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    if (pattern.test(text)) return text;
  }
  throw new Error(`ended with: ${text}`);
}

/** Which of the processes still run. What is dead but not yet reaped by init (state Z) does not. */
async function running(pids: readonly number[]): Promise<number[]> {
  const ps = systemRuntime.spawn(["ps", "-o", "pid=,stat=", "-p", pids.join(",")], { env });
  const lines = (await new Response(ps.stdout).text()).trim().split("\n");
  return lines.flatMap((line) => (/^\s*\d+\s+[^Z\s]/.test(line) ? [Number.parseInt(line, 10)] : []));
}

/** How long it took until none ran. */
async function untilGone(pids: readonly number[], mostMs: number): Promise<number> {
  const { clock, host } = systemRuntime;
  const started = clock.monotonic();
  for (let left = await running(pids); left.length > 0; left = await running(left)) {
    if (clock.monotonic() - started > mostMs) {
      for (const pid of left) host.kill(pid, "SIGKILL");
      throw new Error(`${left.length} of ${pids.length} still run after ${mostMs} ms`);
    }
    await clock.sleep(20);
  }
  return clock.monotonic() - started;
}

const env = { PATH: systemRuntime.env["PATH"]! };

describe.skipIf(process.platform === "win32")("real processes", () => {
  test.each([["sh"], ["bash"], ["dash"]])("the script runs in %s: what was released lives, what is listed dies", async (shell) => {
    if (!Bun.which(shell)) return;
    const sleeper = () => systemRuntime.spawn(["sleep", "60"], { env });
    const [kept, doomed, early] = [sleeper(), sleeper(), sleeper()];
    const guardian = systemRuntime.spawn([Bun.which(shell)!, ...guardianArgv.slice(1)], { env });
    // It closes its outputs once it ignores signals.
    await new Response(guardian.stdout).text();
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) systemRuntime.host.kill(guardian.pid, signal);
    await guardian.stdin.write(`+${early.pid}\n+${kept.pid}\n+${doomed.pid}\n-${kept.pid}\n`);
    systemRuntime.host.kill(early.pid, "SIGKILL");
    await early.exited;
    guardian.stdin.end();
    expect(await doomed.exited).toEqual({ code: null, signal: "SIGTERM" });
    expect(await guardian.exited).toEqual({ code: 1, signal: null });
    expect(await running([kept.pid, doomed.pid, early.pid])).toEqual([kept.pid]);
    systemRuntime.host.kill(kept.pid, "SIGKILL");
    await kept.exited;
  });

  test("D8 a hub that is killed outright takes its children along within 2 s, those deaf to SIGTERM too", async () => {
    const hub = `
      import { createSpawnGate } from "#hub/gates/spawn.ts";
      import { silentLog } from "#hub/kernel/log.ts";
      import { systemRuntime } from "#hub/kernel/system-runtime.ts";
      const gate = createSpawnGate({ runtime: systemRuntime, log: silentLog });
      const child = await gate.start({ owner: "test", env: {}, argv: ["sh", "-c", 'trap "" TERM; sleep 300 & echo $! $$; sleep 300'] });
      for await (const bytes of child.stdout) process.stdout.write(bytes);
    `;
    const child = systemRuntime.spawn([process.execPath, "-e", hub], { env, cwd: `${import.meta.dir}/../../..` });
    const pids = (await said(child.stdout, /^\d+ \d+\n/)).trim().split(" ").map(Number);
    expect(await running(pids)).toHaveLength(2);
    systemRuntime.host.kill(child.pid, "SIGKILL");
    await child.exited;
    expect(await untilGone(pids, 2_000)).toBeLessThan(2_000);
  });
});

test.skipIf(process.platform !== "linux")("no child holds the guardian's pipe, nor anything else of the hub", async () => {
  const { createSpawnGate } = await import("./spawn.ts");
  await using gate = createSpawnGate({ runtime: systemRuntime, log: silentLog });
  await gate.start({ owner: "first", env: {}, argv: ["cat"] });
  const child = await gate.start({ owner: "second", env: {}, argv: ["sh", "-c", "ls /proc/$$/fd; ps -o pgid=,sid= -p $$"] });
  const lines = (await new Response(child.stdout).text()).trim().split("\n");
  expect(lines.slice(0, -1)).toEqual(["0", "1", "2"]);
  expect(lines.at(-1)!.trim().split(/\s+/)).toEqual([String(child.pid), String(child.pid)]);
});
