import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type { Runtime } from "./runtime.ts";

/** Where hubctl keeps its files, after the XDG Base Directory Specification; all of them private to the user. */
export interface Paths {
  /** `config.json5`, `tui.json`. */
  readonly config: string;
  /** The store and the key file. */
  readonly data: string;
  /** Logs and the TUI's memory. */
  readonly state: string;
  /** What can be fetched or made again. */
  readonly cache: string;
  /** Unix sockets of running hubs. */
  readonly runtime: string;
}

export function pathsOf({ env, host }: Pick<Runtime, "env" | "host">): Paths {
  const base = (variable: string, fallback: string) => join(absolute(env[variable]) ?? join(env["HOME"] ?? host.home, fallback), "hubctl");
  const state = base("XDG_STATE_HOME", ".local/state");
  const runtimeBase = absolute(env["XDG_RUNTIME_DIR"]);
  return {
    config: base("XDG_CONFIG_HOME", ".config"),
    data: base("XDG_DATA_HOME", ".local/share"),
    state,
    cache: base("XDG_CACHE_HOME", ".cache"),
    runtime: runtimeBase ? join(runtimeBase, "hubctl") : join(state, "run"),
  };
}

/** The specification ignores relative paths. */
const absolute = (path: string | undefined) => (path?.startsWith("/") ? path : undefined);

/** The socket of the hub that was started in a directory. */
export const workspaceSocket = (paths: Paths, directory: string): string =>
  join(paths.runtime, `${createHash("sha256").update(directory).digest("hex").slice(0, 12)}.sock`);

/** A link to the socket of the hub that commands use where no workspace has its own. */
export const defaultSocket = (paths: Paths): string => join(paths.runtime, "default.sock");

/** Sockets a command tries, nearest first: its directory, each directory above it, then the default hub. */
export function socketCandidates(paths: Paths, directory: string): string[] {
  const above = dirname(directory);
  const here = workspaceSocket(paths, directory);
  return above === directory ? [here, defaultSocket(paths)] : [here, ...socketCandidates(paths, above)];
}
