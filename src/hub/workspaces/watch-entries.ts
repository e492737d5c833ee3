import { basename, dirname } from "node:path";
import type { Runtime } from "../kernel/runtime.ts";
import { living, parseEntries } from "./entries.ts";
import type { WorkspaceEntries } from "./schema.ts";

export interface WatchOptions {
  readonly runtime: Pick<Runtime, "files" | "clock" | "host">;
  readonly onChange: (entries: WorkspaceEntries) => void;
}

const settleMs = 100;

/** Calls back when the file has been written, once it has been left alone for a moment. */
export function watchEntries(path: string, { runtime, onChange }: WatchOptions): Disposable {
  const { files, clock, host } = runtime;
  let last: string | undefined;
  let pending: Disposable | undefined;
  const look = async () => {
    const text = await files.read(path).catch(() => undefined);
    const entries = parseEntries(text);
    if (text === last || !entries) return;
    last = text;
    onChange(living(entries, host));
  };
  const watcher = watchQuietly(files, dirname(path), (name) => {
    if (name !== undefined && name !== basename(path)) return;
    pending?.[Symbol.dispose]();
    pending = clock.after(settleMs, () => void look());
  });
  return {
    [Symbol.dispose]() {
      pending?.[Symbol.dispose]();
      watcher?.[Symbol.dispose]();
    },
  };
}

/** A system without watches left keeps its hub; clients then learn of other hubs when they ask. */
function watchQuietly(files: Runtime["files"], directory: string, changed: (name: string | undefined) => void): Disposable | undefined {
  try {
    return files.watchDirectory(directory, changed);
  } catch {
    return undefined;
  }
}
