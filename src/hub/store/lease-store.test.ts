import { expect, test } from "bun:test";
import { fakeClock, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { silentLog } from "../kernel/log.ts";
import { createLeases } from "./lease-store.ts";
import { openStore } from "./open-store.ts";

test("a job that takes long keeps its lease, and one whose hub has died frees it in time", async () => {
  const clock = fakeClock();
  await using stack = new AsyncDisposableStack();
  const store = await openStore({ location: ":memory:", runtime: fakeRuntime(), log: silentLog });
  stack.defer(() => store.close());
  const leases = createLeases(store, clock);
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const job = leases.runExclusive("job", 3_000, () => done);
  for (let second = 0; second < 10; second++) {
    await clock.advance(1_000);
    expect(await leases.acquire("job", "another", 3_000)).toBe(false);
  }
  finish();
  expect(await job).toBe(true);
  expect(await leases.acquire("job", "another", 3_000)).toBe(true);
  await clock.advance(3_000);
  expect(await leases.acquire("job", "third", 3_000)).toBe(true);
});
