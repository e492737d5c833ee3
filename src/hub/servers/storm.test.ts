import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { createLog } from "../kernel/log.ts";
import { systemRuntime } from "../kernel/system-runtime.ts";
import type { ServerEntry } from "./endpoint.ts";
import { createSupervisor } from "./supervisor.ts";

test("J4 however many call a server that is down, it is tried no more often than its pace allows", async () => {
  const clock = fakeClock();
  const attempts: number[] = [];
  await using server = createSupervisor({ name: "down", disabled: false } as ServerEntry, {
    clock,
    random: { ...systemRuntime.random, float: () => 0.5 },
    log: createLog({ clock, level: () => "error", sinks: [] }),
    connect: async () => {
      attempts.push(clock.now());
      throw new Error("refused");
    },
    onStatus: () => undefined,
    onCapabilities: () => undefined,
    onNotification: () => undefined,
  });
  server.send({ type: "start" });
  let failed = 0;
  for (let tick = 0; tick < 600; tick++) {
    for (let user = 0; user < 20; user++) void server.request("ping", {}).catch(() => failed++);
    await clock.advance(50);
  }
  const gaps = attempts.slice(1).map((at, index) => at - attempts[index]!);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
  expect(attempts.length).toBeLessThanOrEqual(30 / 2 + 6);
  expect(failed).toBeGreaterThan(10_000);
});
