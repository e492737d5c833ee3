import { HubError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Runtime } from "../kernel/runtime.ts";
import { diffConfig, type ConfigDiff } from "./diff.ts";
import type { Config } from "./layers.ts";
import { loadConfig } from "./load.ts";
import { watchConfig } from "./watch.ts";

/** Holds the configuration a hub runs with. */
export interface ConfigKeeper extends Disposable {
  current(): Config;
  /** Why the files as they are now are not the current configuration; undefined when they are. */
  rejected(): HubError | undefined;
  /** Reads the files again; throws, and keeps the current configuration, when one cannot be used. */
  reload(): Promise<ConfigDiff>;
}

export interface KeeperOptions {
  readonly files: readonly string[];
  readonly runtime: Pick<Runtime, "files" | "clock" | "host">;
  readonly log: Log;
  /** Reload when a file changes; true unless told otherwise. */
  readonly watch?: boolean;
  readonly debounceMs?: number;
  /** The next reload waits for it. `current()` is the new one already. */
  readonly onChange: (next: Config, diff: ConfigDiff) => void | Promise<void>;
  /** A reload failed; the current configuration stays. */
  readonly onError: (error: HubError) => void;
}

/** Loads the configuration and follows its files; throws when it cannot be used to begin with. */
export async function createConfigKeeper(options: KeeperOptions): Promise<ConfigKeeper> {
  const { files, runtime, log, onChange, onError } = options;
  let follow = () => {};
  // Watching begins before the first read, so no change falls between the two.
  const watching =
    options.watch === false ? undefined : await watchConfig({ files, runtime, debounceMs: options.debounceMs, onChange: () => follow() });
  try {
    let current = await loadConfig({ files, runtime });
    let rejected: HubError | undefined;
    let last: Promise<unknown> = Promise.resolve();
    warn(log, current);

    const read = async (): Promise<Config> => {
      try {
        return await loadConfig({ files, runtime });
      } catch (cause) {
        rejected = HubError.from(cause);
        onError(rejected);
        throw rejected;
      }
    };
    const replace = async () => {
      const next = await read();
      const diff = diffConfig(current, next);
      current = next;
      rejected = undefined;
      warn(log, next);
      await onChange(next, diff);
      return diff;
    };
    const reload = () => {
      const run = last.then(replace);
      last = run.catch(() => undefined);
      return run;
    };
    follow = () =>
      void reload().catch((cause: unknown) =>
        log.error("the changed configuration is not in use", { cause: HubError.from(cause).message }),
      );

    return {
      current: () => current,
      rejected: () => rejected,
      reload,
      [Symbol.dispose]: () => watching?.[Symbol.dispose](),
    };
  } catch (cause) {
    watching?.[Symbol.dispose]();
    throw cause;
  }
}

function warn(log: Log, { warnings }: Config): void {
  for (const { message, ...place } of warnings) log.warn(`${place.key} ${message}`, place);
}
