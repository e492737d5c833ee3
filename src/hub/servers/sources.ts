import { join } from "node:path";
import type { Runtime } from "../kernel/runtime.ts";
import type { DevSources } from "./endpoint.ts";

export interface SourcesOptions {
  readonly runtime: Pick<Runtime, "files" | "clock">;
  /** Paths relative to `cwd`, each once. */
  readonly onChange: (files: readonly string[]) => void;
}

/** Editors and compilers write several files at once, and one file in several steps. */
const settleMs = 500;
const mostDirectories = 1_000;
/** Their files are somebody else's, and there are too many of them. */
const skipped = new Set(["node_modules", ".git", ".venv", "__pycache__"]);

/** Calls back when files that match the globs change, those included that are made later. */
export function watchSources({ cwd, watch }: DevSources, { runtime, onChange }: SourcesOptions): Disposable {
  const { files, clock } = runtime;
  const globs = watch.map((glob) => new Bun.Glob(glob));
  const isSource = (path: string) => globs.some((glob) => glob.match(path));
  const directories = new Map<string, Disposable>();
  const changed = new Set<string>();
  let pending: Disposable | undefined;
  let isEnded = false;

  const changedIn = (directory: string) => (name: string | undefined) => {
    const path = name === undefined ? undefined : join(directory, name);
    if (path !== undefined && skipped.has(name!)) return;
    if (path !== undefined && isSource(path)) changed.add(path);
    // What is no source may be a new directory of them.
    else if (path === undefined || !directories.has(path)) void follow(path ?? directory);
    pending?.[Symbol.dispose]();
    if (changed.size > 0) pending = clock.after(settleMs, tell);
  };

  const tell = () => {
    const told = [...changed].toSorted();
    changed.clear();
    onChange(told);
  };

  /** Listing a file fails, which is how a directory is known. */
  const follow = async (directory: string): Promise<void> => {
    if (directories.size >= mostDirectories) return;
    const names = await files.list(join(cwd, directory)).catch(() => undefined);
    if (names === undefined || isEnded) return;
    if (!directories.has(directory)) {
      try {
        directories.set(directory, files.watchDirectory(join(cwd, directory), changedIn(directory)));
      } catch {
        // It is gone again, or the system has no watches left.
        return;
      }
    }
    const below = names.filter((name) => !skipped.has(name) && !isSource(join(directory, name))).map((name) => join(directory, name));
    await Promise.all(below.filter((path) => !directories.has(path)).map(follow));
  };

  void follow("");
  return {
    [Symbol.dispose]() {
      isEnded = true;
      pending?.[Symbol.dispose]();
      for (const watcher of directories.values()) watcher[Symbol.dispose]();
    },
  };
}
