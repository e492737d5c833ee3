import { followerOf } from "#hub/gates/follower.ts";
import { startSuccessor, type Legacy, type Successor } from "#hub/gates/successor.ts";
import type { Succession } from "#hub/assembly/restart.ts";
import type { Hub } from "#hub/hub.ts";
import { HubError } from "#hub/kernel/errors.ts";
import type { Exit, Runtime } from "#hub/kernel/runtime.ts";
import { aborted } from "./aborted.ts";
import type { Terminal } from "./terminal.ts";

export interface KeepOptions {
  readonly runtime: Runtime;
  readonly terminal: Terminal;
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  readonly open: (succession: Succession) => Promise<Hub>;
  /** It listens. */
  readonly onReady?: (hub: Hub) => Promise<void>;
}

/**
 * Runs a hub until it is asked to end, and gives back the exit code. When the hub is restarted, this process stays in front of the one
 * that follows: a shell and a service manager know no other, and the next restarts begin here too, so there are never more than two.
 */
export async function keepHub({ runtime, terminal, signal, open, onReady }: KeepOptions): Promise<number> {
  const follower = followerOf(runtime);
  const front = createFront(runtime, signal);
  const stopped = aborted(signal);
  using _signals = terminal.onInterrupt((name) => front.latest()?.signal(name));
  try {
    const hub = await open({
      legacy: follower?.legacy,
      prepared: () => follower?.prepared(),
      follow: follower ? (legacy, release) => follower.restart(legacy, release) : (legacy, release) => front.follow(legacy, release),
    });
    try {
      await Promise.race([hub.start(), stopped]);
      if (!signal.aborted) await Promise.all([follower?.ready(), onReady?.(hub)]);
      await Promise.race([stopped, hub.leaving]);
    } finally {
      await hub.stop(AbortSignal.any([signal, front.gone]));
    }
  } catch (cause) {
    await follower?.failed(HubError.from(cause));
    throw cause;
  }
  return await front.ended();
}

/** The process in front of those that follow its hub. */
function createFront(runtime: Runtime, signal: AbortSignal) {
  let latest: Successor | undefined;
  const gone = new AbortController();
  async function follow(legacy: Legacy, release: () => void): Promise<number> {
    const next = await startSuccessor(legacy, { runtime, onPrepared: release, onRestart: (own, asker) => void pass(own, asker) });
    latest = next;
    void next.exited.then(() => latest === next && gone.abort());
    if (signal.aborted) next.signal("SIGTERM");
    return next.pid;
  }
  async function pass(legacy: Legacy, asker: Successor): Promise<void> {
    try {
      await asker.tell({ is: "followed", pid: await follow(legacy, () => void asker.tell({ is: "release" })) });
    } catch (cause) {
      await asker.tell({ is: "refused", error: HubError.from(cause).toJSON() });
    }
  }
  return {
    latest: () => latest,
    /** Aborts when the last of them has ended. */
    gone: gone.signal,
    follow,
    /** Waits for the end of the last of them; 0 when there was none. */
    async ended(): Promise<number> {
      for (let watched = latest; watched; watched = latest) {
        const exit = await watched.exited;
        if (watched === latest) return codeOf(exit);
      }
      return 0;
    },
  };
}

/** As a shell counts signals; few have a number that anybody looks for. */
const signalNumbers: Partial<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

const codeOf = ({ code, signal }: Exit): number => code ?? 128 + (signalNumbers[signal ?? ""] ?? 0);
