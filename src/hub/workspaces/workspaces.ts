import { dirname } from "node:path";
import type { Log } from "../kernel/log.ts";
import type { Runtime } from "../kernel/runtime.ts";
import { occupy, unoccupied, type Occupancy, type OccupancyInput } from "./auto-shutdown.ts";
import { entriesText, living, parseEntries, withoutOwn, withOwn } from "./entries.ts";
import { withLock } from "./lock.ts";
import { workspacesFile } from "./place.ts";
import type { WorkspaceEntries, WorkspaceEntry } from "./schema.ts";
import { watchEntries } from "./watch-entries.ts";

export interface WorkspacesDeps {
  readonly runtime: Pick<Runtime, "files" | "clock" | "host" | "env">;
  readonly log: Log;
  readonly cwd: string;
  /** As they were given. */
  readonly configFiles: readonly string[];
  /** Stop so long after the last follower of the events has left; undefined to stay. */
  readonly shutdownDelayMs?: number;
  readonly onChange: (entries: WorkspaceEntries) => void;
  readonly onDeserted: () => void;
}

/** This hub among the running hubs of the user. */
export interface Workspaces extends AsyncDisposable {
  /** Puts this hub on the list, once it listens; entries of dead hubs go. */
  register(port: number): Promise<void>;
  /** All that live; this hub as it is, whatever the file says. */
  entries(): Promise<WorkspaceEntries>;
  /** The port this hub is listed under. */
  current(): number | undefined;
  /** A client follows the events; disposed of when it leaves. */
  follow(): Disposable;
}

export const createWorkspaces = (deps: WorkspacesDeps): Workspaces => new FileWorkspaces(deps);

class FileWorkspaces implements Workspaces {
  #own: WorkspaceEntry | undefined;
  #occupancy: Occupancy = unoccupied;
  #due: Disposable | undefined;
  #watching: Disposable | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(readonly deps: WorkspacesDeps) {}

  current(): number | undefined {
    return this.#own?.port;
  }

  async register(port: number): Promise<void> {
    const { runtime, cwd, configFiles, onChange } = this.deps;
    this.#own = {
      cwd,
      config_files: [...configFiles],
      pid: runtime.host.pid,
      port,
      startTime: new Date(runtime.clock.now()).toISOString(),
      state: "active",
      activeConnections: 0,
      shutdownStartedAt: null,
      shutdownDelay: null,
    };
    await this.#record();
    if (!this.#isClosed) this.#watching = watchEntries(await workspacesFile(runtime), { runtime, onChange });
  }

  async entries(): Promise<WorkspaceEntries> {
    const { runtime } = this.deps;
    const text = await runtime.files.read(await workspacesFile(runtime)).catch(() => undefined);
    const others = living(parseEntries(text) ?? {}, runtime.host);
    return this.#own ? withOwn(others, this.#own) : others;
  }

  follow(): Disposable {
    this.#step({ type: "connected" });
    let left = false;
    return {
      [Symbol.dispose]: () => {
        if (left) return;
        left = true;
        this.#step({ type: "disconnected", now: this.deps.runtime.clock.now() });
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#due?.[Symbol.dispose]();
    this.#watching?.[Symbol.dispose]();
    const own = this.#own;
    if (own) await this.#change((entries) => withoutOwn(entries, own));
  }

  #step(input: OccupancyInput): void {
    const { runtime, shutdownDelayMs, onDeserted } = this.deps;
    const { state, effects } = occupy(this.#occupancy, input, shutdownDelayMs);
    this.#occupancy = state;
    for (const effect of this.#isClosed ? [] : effects) {
      if (effect.type === "record") void this.#record();
      if (effect.type === "wait") this.#due = runtime.clock.after(effect.ms, () => this.#step({ type: "due" }));
      if (effect.type === "stop_waiting") this.#due?.[Symbol.dispose]();
      if (effect.type === "shut_down") onDeserted();
    }
  }

  #record(): Promise<void> {
    if (!this.#own) return Promise.resolve();
    const { connections, emptySince } = this.#occupancy;
    const isEmpty = emptySince !== undefined;
    this.#own = {
      ...this.#own,
      activeConnections: connections,
      state: isEmpty ? "shutting_down" : "active",
      shutdownStartedAt: isEmpty ? new Date(emptySince).toISOString() : null,
      shutdownDelay: isEmpty ? (this.deps.shutdownDelayMs ?? null) : null,
    };
    const own = this.#own;
    return this.#change((entries) => withOwn(living(entries, this.deps.runtime.host), own));
  }

  /** One change after the other. The list is a convenience for clients: a hub that cannot write it goes on without. */
  #change(change: (entries: WorkspaceEntries) => WorkspaceEntries): Promise<void> {
    const { runtime, log } = this.deps;
    const write = async () => {
      const path = await workspacesFile(runtime);
      await runtime.files.makeDirectory(dirname(path));
      await withLock(path, runtime, async () => {
        const text = await runtime.files.read(path);
        const entries = parseEntries(text);
        if (!entries) await runtime.files.replace(`${path}.damaged`, text ?? "");
        await runtime.files.replace(path, entriesText(change(entries ?? {})));
      });
    };
    this.#writing = this.#writing
      .then(write)
      .catch((cause: unknown) => log.warn("the list of running hubs could not be written", { cause }));
    return this.#writing;
  }
}
