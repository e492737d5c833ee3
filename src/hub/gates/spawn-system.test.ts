import { afterAll, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HubError } from "#hub/kernel/errors.ts";
import { silentLog } from "#hub/kernel/log.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { createSpawnGate } from "./spawn.ts";

const directory = await mkdtemp(join(tmpdir(), "hubctl-spawn-"));
afterAll(() => rm(directory, { recursive: true, force: true }));

const gateOver = (env: Record<string, string | undefined> = systemRuntime.env) =>
  createSpawnGate({ runtime: { ...systemRuntime, env }, log: silentLog });
const sh = (script: string) => ({ owner: "files", env: {}, argv: ["sh", "-c", script] });
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => new HubError("INTERNAL", "it did not fail"),
    (cause: unknown) => cause as HubError,
  );

describe.skipIf(process.platform === "win32")("with real processes", () => {
  test("D5 the child's environment, as the child sees it", async () => {
    await using gate = gateOver({ PATH: systemRuntime.env["PATH"], HOME: "/home/ana", SECRET: "s", HUBCTL_MASTER_KEY: "k" });
    const child = await gate.start({ owner: "files", env: { TOKEN: "t" }, argv: ["env"] });
    const names = (await new Response(child.stdout).text())
      .trim()
      .split("\n")
      .map((line) => line.split("=")[0]!);
    expect(names.toSorted()).toEqual(["HOME", "PATH", "TOKEN"]);
    expect(await child.exited).toEqual({ code: 0, signal: null });
  });

  test("stdin, stdout and stderr pass through", async () => {
    await using gate = gateOver();
    const child = await gate.start(sh("read line; echo got $line; echo oops >&2"));
    await child.stdin.write("hello\n");
    expect(await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])).toEqual(["got hello\n", "oops\n"]);
  });

  test("what cannot be started says why", async () => {
    await using gate = gateOver();
    const script = join(directory, "broken.sh");
    await writeFile(script, "#!/no/such/interpreter\n");
    const start = (argv: readonly string[], cwd?: string) => failureOf(gate.start({ owner: "files", env: {}, argv, cwd }));
    expect((await start(["no-such-command-of-hubctl"])).message).toStartWith(
      "files was not started: the command no-such-command-of-hubctl was not found in PATH (",
    );
    expect((await start(["./broken.sh"], directory)).message).toBe(
      `files was not started: ./broken.sh does not exist in ${directory} or is not executable`,
    );
    await chmod(script, 0o755);
    expect((await start(["./broken.sh"], directory)).message).toBe(
      "files was not started: the interpreter that ./broken.sh names in its first line does not exist",
    );
    expect((await start(["sh"], join(directory, "gone"))).message).toBe(
      `files was not started: its working directory ${directory}/gone does not exist`,
    );
    expect((await start(["sh"], script)).message).toBe(`files was not started: its working directory ${script} does not exist`);
    expect(gate.count()).toBe(0);
  });

  test("a relative command and PATH entry are looked for in the working directory", async () => {
    await using gate = gateOver();
    await writeFile(join(directory, "tool"), "#!/bin/sh\npwd -P\n", { mode: 0o755 });
    const onPath = { argv: ["tool"], env: { PATH: ".:/bin:/usr/bin" }, allowEnv: ["PATH"] };
    for (const given of [{ ...onPath, argv: ["./tool"] }, onPath]) {
      const child = await gate.start({ owner: "files", cwd: directory, ...given });
      expect((await new Response(child.stdout).text()).trim()).toEndWith(directory);
    }
  });

  test("stop ends the whole group of a process that hears nothing", async () => {
    await using gate = gateOver();
    const child = await gate.start(sh('trap "" TERM; sleep 60 & echo ready; while :; do sleep 60; done'));
    await child.stdout.getReader().read();
    expect(await child.stop({ graceMs: 100 })).toEqual({ code: null, signal: "SIGKILL" });
    expect(gate.count()).toBe(0);
  });

  test("a grandchild that keeps the output open ends when its parent does", async () => {
    await using gate = gateOver();
    const child = await gate.start(sh("sleep 60 & exit 3"));
    expect(await new Response(child.stdout).text()).toBe("");
    expect(await child.exited).toEqual({ code: 3, signal: null });
  });

  test.skipIf(process.platform !== "linux")("D7 fifty children leave no open files behind", async () => {
    await using gate = gateOver();
    const round = async () => {
      const child = await gate.start({ owner: "files", env: {}, argv: ["cat"] });
      const ended = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
      await child.stop();
      await ended;
    };
    const openFiles = async () => (await readdir("/proc/self/fd")).length;
    await round();
    const before = await openFiles();
    for (let i = 0; i < 5; i++) await Promise.all(Array.from({ length: 10 }, round));
    // The system closes the last sockets a moment after the exit; a leak would stay.
    const { clock } = systemRuntime;
    const until = clock.monotonic() + 3_000;
    while ((await openFiles()) > before + 2 && clock.monotonic() < until) await clock.sleep(20);
    expect(await openFiles()).toBeLessThanOrEqual(before + 2);
  });
});
