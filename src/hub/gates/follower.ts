import { HubError } from "#hub/kernel/errors.ts";
import { followsVariable } from "#hub/kernel/follows.ts";
import type { Channel, Runtime } from "#hub/kernel/runtime.ts";
import type { FromFollower, Legacy, ToFollower } from "./successor.ts";

/** The other end of the successor gate: this process follows a hub, and the one that started it stays in front. */
export interface Follower {
  readonly legacy: Legacy;
  prepared(): Promise<void>;
  ready(): Promise<void>;
  failed(error: HubError): Promise<void>;
  /** Asks for a process to follow this one in its turn; resolves with its pid when it serves. */
  restart(legacy: Legacy, release: () => void): Promise<number>;
}

/** Undefined in a process that follows nobody. */
export function followerOf(runtime: Pick<Runtime, "env" | "host" | "starter">): Follower | undefined {
  const { starter, env, host } = runtime;
  if (!starter) return undefined;
  // Whoever supervises the hub knows only the process in front; when that is gone, the hub must not stay behind unseen.
  void starter.closed.then(() => host.kill(host.pid, "SIGHUP"));
  return followerOver(starter, JSON.parse(env[followsVariable]!) as Legacy);
}

function followerOver(starter: Channel, legacy: Legacy): Follower {
  const tell = (message: FromFollower) => starter.send(message);
  return {
    legacy,
    prepared: () => tell({ is: "prepared" }),
    ready: () => tell({ is: "ready" }),
    failed: (error) => tell({ is: "failed", error: error.toJSON() }),
    restart(own, release) {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      starter.listen((message) => {
        const told = message as ToFollower;
        if (told.is === "release") release();
        else if (told.is === "followed") resolve(told.pid);
        else reject(HubError.fromBody(told.error));
      });
      void tell({ is: "restart", legacy: own });
      return promise;
    },
  };
}
