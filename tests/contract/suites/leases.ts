import { expect, test } from "bun:test";
import { createLeases } from "#hub/store/lease-store.ts";
import { fakeClock } from "../../support/fake-runtime.ts";
import { failureOf } from "../failure-of.ts";
import type { OpenEmpty } from "../store-kinds.ts";

export function leasesSuite(openEmpty: OpenEmpty): void {
  test("a lease has one holder until it is released or expires", async () => {
    const clock = fakeClock();
    const leases = createLeases(await openEmpty(), clock);
    expect(await leases.acquire("job", "a", 1_000)).toBe(true);
    expect(await leases.acquire("job", "b", 1_000)).toBe(false);
    expect(await leases.acquire("other", "b", 1_000)).toBe(true);
    await leases.release("job", "b");
    expect(await leases.acquire("job", "b", 1_000)).toBe(false);
    await leases.release("job", "a");
    expect(await leases.acquire("job", "b", 1_000)).toBe(true);

    await clock.advance(999);
    expect(await leases.acquire("job", "a", 1_000)).toBe(false);
    await clock.advance(1);
    expect(await leases.acquire("job", "a", 1_000)).toBe(true);
    expect(await leases.acquire("job", "a", 5_000)).toBe(true);
    await clock.advance(4_999);
    expect(await leases.acquire("job", "b", 1_000)).toBe(false);
  });

  test("exclusive jobs run once at a time, and free the lease when they fail", async () => {
    const store = await openEmpty();
    const [one, two] = [createLeases(store, fakeClock()), createLeases({ ...store, id: "another hub" }, fakeClock())];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const first = one.runExclusive("job", 60_000, () => (begin(), gate));
    await begun;
    expect(await two.runExclusive("job", 60_000, () => Promise.reject(new Error("ran twice")))).toBe(false);
    open();
    expect(await first).toBe(true);
    expect((await failureOf(two.runExclusive("job", 60_000, () => Promise.reject(new Error("failed"))))).message).toBe("failed");
    expect(await one.runExclusive("job", 60_000, async () => undefined)).toBe(true);
  });
}
