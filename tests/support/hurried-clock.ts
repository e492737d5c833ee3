import type { Clock } from "#hub/kernel/runtime.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";

/** A real clock that runs so many times faster: the hub keeps its pace, and a test need not wait for it. */
export function hurriedClock(times: number): Clock {
  const { clock } = systemRuntime;
  const [now, monotonic] = [clock.now(), clock.monotonic()];
  const passed = () => (clock.monotonic() - monotonic) * times;
  return {
    now: () => Math.round(now + passed()),
    monotonic: passed,
    sleep: (ms, signal) => clock.sleep(ms / times, signal),
    after: (ms, run) => clock.after(ms / times, run),
    every: (ms, run) => clock.every(ms / times, run),
  };
}
