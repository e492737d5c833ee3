import { createHash } from "node:crypto";
import { basename, dirname, resolve } from "node:path";
import type { Runtime } from "../kernel/runtime.ts";

export interface WatchOptions {
  /** Existing or not; relative ones from the hub's directory. */
  readonly files: readonly string[];
  readonly runtime: Pick<Runtime, "files" | "clock" | "host">;
  /** How long a file must stay the same before it counts as written. */
  readonly debounceMs?: number;
  readonly onChange: () => void;
}

/** Hashes of the files' contents; `missing`, `empty` or an error code where there is none. */
type Snapshot = readonly string[];

/** Why it is time to look. */
type Reason = "event" | "poll";

const pollMs = 2_000;
/** A file that never stays the same is taken as it is after so many looks. */
const mostLooks = 25;

/**
 * Calls back when the content of any file has changed: created, written, replaced, deleted. Events of the directories
 * only say when to look, and a slow poll looks anyway: directories that do not exist yet, targets of links and network
 * mounts send no events. What was there when the promise resolves is not a change.
 */
export async function watchConfig({ files, runtime, debounceMs = 200, onChange }: WatchOptions): Promise<Disposable> {
  const paths = files.map((file) => resolve(runtime.host.cwd, file));
  const ended = new AbortController();
  let isLooking = true;
  let lookAgain = false;
  const directories = watchDirectories(paths, runtime, () => look("event"));
  let reported = await takeSnapshot(paths, runtime);

  /**
   * Waits until two looks in a row see the same; a file just emptied or gone is given one more, for it may be half written.
   * After an event the first look decides nothing: Bun drops an event that closely follows another.
   */
  async function settle(reason: Reason): Promise<Snapshot> {
    let seen = await takeSnapshot(paths, runtime);
    if (reason === "poll" && isSame(seen, reported)) return seen;
    let quiet = 0;
    for (let looks = 0; looks < mostLooks; looks++) {
      await runtime.clock.sleep(debounceMs, ended.signal);
      const now = await takeSnapshot(paths, runtime);
      quiet = isSame(now, seen) ? quiet + 1 : 0;
      seen = now;
      if (quiet >= (isInterrupted(seen) ? 2 : 1)) return seen;
    }
    return seen;
  }

  const isInterrupted = (seen: Snapshot) =>
    seen.some((state, index) => state !== reported[index] && (state === "empty" || state === "missing"));

  function look(reason: Reason): void {
    if (isLooking) lookAgain ||= reason === "event";
    if (isLooking || ended.signal.aborted) return;
    isLooking = true;
    lookAgain = false;
    void settle(reason)
      .then((seen) => {
        const hasChanged = !isSame(seen, reported);
        reported = seen;
        directories.renew(hasChanged);
        if (hasChanged) onChange();
      })
      .catch((cause: unknown) => {
        if (!ended.signal.aborted) throw cause;
      })
      .finally(rest);
  }

  function rest(): void {
    isLooking = false;
    if (lookAgain) look("event");
  }

  rest();
  const poll = runtime.clock.every(pollMs, () => look("poll"));
  return {
    [Symbol.dispose]() {
      ended.abort();
      poll[Symbol.dispose]();
      directories[Symbol.dispose]();
    },
  };
}

interface DirectoryWatch extends Disposable {
  /** Watches the directories that were not there before; `all` of them anew when one may have been made again under its name. */
  renew(all: boolean): void;
}

function watchDirectories(paths: readonly string[], { files }: WatchOptions["runtime"], changed: () => void): DirectoryWatch {
  const names = new Set(paths.map((path) => basename(path)));
  const watched = new Map<string, Disposable>();
  const stop = () => {
    for (const watcher of watched.values()) watcher[Symbol.dispose]();
    watched.clear();
  };
  const renew = (all: boolean) => {
    if (all) stop();
    for (const directory of new Set(paths.map((path) => dirname(path)))) {
      if (watched.has(directory)) continue;
      try {
        watched.set(
          directory,
          files.watchDirectory(directory, (name) => (name === undefined || names.has(name)) && changed()),
        );
      } catch {
        // Missing, or the system has no watches left: the poll looks instead, and this is tried again.
      }
    }
  };
  renew(true);
  return { renew, [Symbol.dispose]: stop };
}

const isSame = (a: Snapshot, b: Snapshot) => a.every((state, index) => state === b[index]);

const takeSnapshot = (paths: readonly string[], { files }: WatchOptions["runtime"]): Promise<Snapshot> =>
  Promise.all(
    paths.map(async (path) => {
      try {
        const text = await files.read(path);
        if (text === undefined) return "missing";
        return text.trim() === "" ? "empty" : createHash("sha256").update(text).digest("hex");
      } catch (cause) {
        return String((cause as NodeJS.ErrnoException).code);
      }
    }),
  );
