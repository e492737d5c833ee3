import { HubError } from "../kernel/errors.ts";
import type { Runtime } from "../kernel/runtime.ts";
import type { Legacy } from "../gates/successor.ts";
import type { Restarted } from "../status/schema.ts";
import type { Gateway } from "./gateway.ts";

/** How processes of this program follow one another. */
export interface Succession {
  /** What the hub that this one follows has left. */
  readonly legacy: Legacy | undefined;
  /** This hub has all but the port. */
  readonly prepared: () => Promise<void> | undefined;
  /** Starts the process that follows this one; resolves with its pid when it serves. */
  readonly follow: (legacy: Legacy, release: () => void) => Promise<number>;
}

export interface RestartMoment {
  gateway: Gateway | undefined;
  /** Another process serves in its stead. */
  isFollowed: boolean;
}

export interface RestartOptions {
  readonly succession: Succession | undefined;
  readonly moment: RestartMoment;
  readonly runtime: Pick<Runtime, "clock" | "host">;
  /** This hub is to end. */
  readonly leave: () => void;
}

/** Has another process follow this hub, which goes on until that one serves, and as if nothing had been when it never does. */
export function createRestart({ succession, moment, runtime: { clock, host }, leave }: RestartOptions): () => Promise<Restarted> {
  let isUnderWay = false;
  return async () => {
    const listener = moment.gateway?.listener;
    if (!succession || !listener) throw notRunning();
    if (isUnderWay || moment.isFollowed) throw underWay();
    isUnderWay = true;
    const started = clock.monotonic();
    const { port, url, socket } = listener;
    let isReleased = false;
    const release = () => {
      isReleased = true;
      listener.release();
    };
    try {
      const isShared = await listener.share();
      const pid = await succession.follow({ port, socket, isShared }, () => isShared || release());
      listener.retire({ url, socket });
      moment.isFollowed = true;
      leave();
      return { pid, previousPid: host.pid, ms: Math.round(clock.monotonic() - started) };
    } catch (cause) {
      // A port that could not be shared is lost by then, and a hub that nobody reaches is none.
      if (isReleased) leave();
      else await listener.unshare();
      throw cause;
    } finally {
      isUnderWay = false;
    }
  };
}

const notRunning = () =>
  new HubError("NOT_FOUND", "No hub runs here that could be restarted", {
    hint: "Start one with `hubctl serve`, or name another with --url",
  });

const underWay = () => new HubError("CONFLICT", "The hub is being restarted already", { hint: "Look at `hubctl hub status`" });
