import { HubError, type ErrorBody } from "#hub/kernel/errors.ts";
import { followsVariable } from "#hub/kernel/follows.ts";
import type { Exit, Host, Runtime, Twin } from "#hub/kernel/runtime.ts";

/** What a hub leaves to the one that follows it. */
export interface Legacy {
  readonly port: number;
  readonly socket?: string;
  /** Both can listen on the port; otherwise the follower tries until the other has let go of it. */
  readonly isShared: boolean;
}

/** What a follower tells the process that started it. */
export type FromFollower =
  | { readonly is: "prepared" }
  | { readonly is: "ready" }
  | { readonly is: "failed"; readonly error: ErrorBody }
  | { readonly is: "restart"; readonly legacy: Legacy };

/** What a follower that is to be followed itself is told. */
export type ToFollower =
  { readonly is: "release" } | { readonly is: "followed"; readonly pid: number } | { readonly is: "refused"; readonly error: ErrorBody };

export interface Successor {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  tell(message: ToFollower): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

export interface SuccessorOptions {
  readonly runtime: Pick<Runtime, "startAgain" | "clock" | "host">;
  /** It has everything but the port. */
  readonly onPrepared: () => void;
  /** It was asked to restart in its turn. */
  readonly onRestart: (legacy: Legacy, successor: Successor) => void;
}

/** Longer than servers may take to start, shorter than anybody waits. */
const patienceMs = 60_000;

/**
 * The successor gate: starts this program once more, and resolves when that serves. Unlike what the spawn gate starts, it is no child
 * to be ended with the hub but the hub of tomorrow, so no guardian knows it and it gets the whole environment; that it ends with the
 * process in front of it is its own doing (`follower.ts`).
 */
export async function startSuccessor(legacy: Legacy, { runtime, onPrepared, onRestart }: SuccessorOptions): Promise<Successor> {
  const { clock, host } = runtime;
  const twin = begin(runtime, legacy);
  const ready = Promise.withResolvers<void>();
  const signal = (name: NodeJS.Signals) => void host.kill(twin.pid, name);
  const successor: Successor = { pid: twin.pid, exited: twin.exited, tell: (message) => twin.send(message), signal };
  twin.listen((message) => {
    const told = message as FromFollower;
    if (told.is === "prepared") onPrepared();
    else if (told.is === "ready") ready.resolve();
    else if (told.is === "failed") ready.reject(notFollowed(HubError.fromBody(told.error)));
    else onRestart(told.legacy, successor);
  });
  twin.exited.then(
    async (exit) => {
      await twin.closed;
      ready.reject(notFollowed(ended(exit)));
    },
    (cause: unknown) => ready.reject(notFollowed(notStarted(cause, host))),
  );
  using _ = clock.after(patienceMs, () => ready.reject(notFollowed(late)));
  try {
    await ready.promise;
    return successor;
  } catch (cause) {
    if (twin.pid > 0) signal("SIGKILL");
    throw cause;
  }
}

function begin(runtime: SuccessorOptions["runtime"], legacy: Legacy): Twin {
  try {
    return runtime.startAgain({ [followsVariable]: JSON.stringify(legacy) });
  } catch (cause) {
    throw notFollowed(notStarted(cause, runtime.host));
  }
}

const notStarted = (cause: unknown, { self, cwd }: Host) =>
  new HubError("UNAVAILABLE", "the program could not be started", { cause, hint: `Look whether ${self[0]} and ${cwd} are still there` });

const late = new HubError("TIMEOUT", `it was not ready after ${patienceMs / 1000} seconds`);

const ended = ({ code, signal }: Exit) =>
  new HubError("UNAVAILABLE", `it ended with ${signal ?? `exit code ${code}`}`, { hint: "Read what it said in the output of the hub" });

const notFollowed = ({ code, message, hint, details, cause }: HubError) =>
  new HubError(code, `The hub was not restarted and goes on: ${message}`, { hint, details, cause });
