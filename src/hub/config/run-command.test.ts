import { describe, expect, test } from "bun:test";
import { createSpawnGate } from "#hub/gates/spawn.ts";
import { HubError } from "#hub/kernel/errors.ts";
import { silentLog } from "#hub/kernel/log.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { createRunCommand } from "./run-command.ts";

const failureOf = (running: Promise<string>) =>
  running.then(
    () => undefined,
    (cause: unknown) => cause as HubError,
  );

describe("through the real gate", () => {
  async function run(command: string, env: Record<string, string> = {}): Promise<string> {
    const runtime = { ...systemRuntime, env: { PATH: systemRuntime.env["PATH"], ...env } };
    await using gate = createSpawnGate({ runtime, log: silentLog });
    return await createRunCommand({ gate, runtime })(command);
  }

  test("a shell runs it, with the hub's environment", async () => {
    expect(await run('printf "%s-%s" "$A" "$(echo two)"', { A: "one" })).toBe("one-two");
  });

  test("a failing one tells its last line, without the secrets in it", async () => {
    const error = await failureOf(run("echo one >&2; echo token ghp_0123456789abcdefghijABCDEFGHIJ >&2; exit 3"));
    expect(error).toBeInstanceOf(HubError);
    expect(error?.message).toBe("it ended with exit code 3 (token [redacted])");
  });

  test("it gets no input to wait for", async () => {
    expect(await run("cat; echo done")).toBe("done\n");
  });
});

test("after thirty seconds it is stopped", async () => {
  const clock = fakeClock();
  const stopped: string[] = [];
  const silent = () => new ReadableStream<Uint8Array>();
  const gate = {
    start: async () => ({
      stdin: { write: () => undefined, end: () => undefined },
      stdout: silent(),
      stderr: silent(),
      exited: new Promise<never>(() => undefined),
      stop: async () => stopped.push("stopped"),
    }),
  };
  const running = failureOf(createRunCommand({ gate, runtime: { ...systemRuntime, clock } })("sleep 60"));
  await clock.advance(29_999);
  expect(stopped).toEqual([]);
  await clock.advance(1);
  expect((await running)?.code).toBe("TIMEOUT");
  expect(stopped).toEqual(["stopped"]);
});

test("more output than anyone types is refused", async () => {
  const flood = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(120)) });
  const gate = {
    start: async () => ({
      stdin: { write: () => undefined, end: () => undefined },
      stdout: flood,
      stderr: new ReadableStream<Uint8Array>({ start: (controller) => controller.close() }),
      exited: new Promise<never>(() => undefined),
      stop: async () => undefined,
    }),
  };
  const error = await failureOf(createRunCommand({ gate, runtime: { ...systemRuntime, clock: fakeClock() } })("yes"));
  expect(error?.message).toContain("printed more than");
});
