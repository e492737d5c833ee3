import type { Log } from "#hub/kernel/log.ts";
import type { Child, Clock, Exit, Runtime } from "#hub/kernel/runtime.ts";

export interface StopOptions {
  /** From asking it to end until it is killed. */
  readonly graceMs?: number;
}

export interface ProcessGroup {
  /** When the leader has ended; never rejects. */
  readonly exited: Promise<Exit>;
  /** When nobody of the group is left. */
  readonly gone: Promise<void>;
  /** Ends leader and group, the way https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#stdio asks; the first call counts. */
  readonly stop: (options?: StopOptions) => Promise<Exit>;
}

const defaultGraceMs = 2_000;
/** The part of the grace in which closing stdin alone may do. */
const closeShare = 0.25;
/** How long those a leader left behind (`npx` leaves the server it started) have before they are killed. */
const sweepMs = 500;
const pollMs = 20;
/** A process in uninterruptible sleep outlives SIGKILL; nobody waits for it longer than this. */
const afterKillMs = 1_000;

/** Follows a child to its end and sees to it that its group ends too. */
export function superviseGroup(child: Child, { clock, host, log }: Pick<Runtime, "clock" | "host"> & { readonly log: Log }): ProcessGroup {
  // Windows has no process groups; there the leader alone is signalled.
  const group = host.platform === "win32" ? child.pid : -child.pid;
  const exited = child.exited.catch((): Exit => ({ code: null, signal: null }));
  const gone = exited.then(sweep);

  async function sweep(): Promise<void> {
    if (host.platform === "win32" || !host.kill(group, "SIGTERM")) return;
    const until = clock.monotonic() + sweepMs;
    while (host.isAlive(group)) {
      if (clock.monotonic() >= until) return void host.kill(group, "SIGKILL");
      await clock.sleep(pollMs);
    }
  }

  async function end(graceMs: number): Promise<Exit> {
    child.stdin.end();
    if (!(await settlesWithin(clock, exited, graceMs * closeShare))) {
      host.kill(group, "SIGTERM");
      if (!(await settlesWithin(clock, exited, graceMs * (1 - closeShare)))) host.kill(group, "SIGKILL");
    }
    if (await settlesWithin(clock, gone, sweepMs + afterKillMs)) return exited;
    log.warn("a process does not die", { pid: child.pid });
    return { code: null, signal: "SIGKILL" };
  }

  let stopping: Promise<Exit> | undefined;
  return { exited, gone, stop: ({ graceMs = defaultGraceMs } = {}) => (stopping ??= end(graceMs)) };
}

/** Whether a promise that never rejects settles in time. */
export function settlesWithin(clock: Clock, work: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, () => resolve(false));
    void work.then(() => {
      timer[Symbol.dispose]();
      resolve(true);
    });
  });
}
