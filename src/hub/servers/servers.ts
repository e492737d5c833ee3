import { HubError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import type { Runtime } from "../kernel/runtime.ts";
import { Capabilities } from "./capabilities.ts";
import type { Notification, ServerConnection } from "./connection.ts";
import type { ConnectHooks } from "./connect.ts";
import type { DevSources, ServerEntry } from "./endpoint.ts";
import type { Pace, Status } from "./machine.ts";
import type { ServerLogLine } from "./schema.ts";
import { watchSources } from "./sources.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";

/** What the last run learned of each server, so that this one lists at once. */
export interface KnownCapabilities {
  load(): Promise<ReadonlyMap<string, { readonly configHash: string; readonly capabilities: unknown }>>;
  save(server: string, configHash: string, capabilities: Capabilities): Promise<void>;
  remove(server: string): Promise<void>;
}

export interface ServersDeps {
  readonly runtime: Pick<Runtime, "clock" | "random" | "files">;
  readonly log: Log;
  readonly pace?: Pace;
  /** Start servers when somebody needs them instead of at once. */
  readonly onDemand?: boolean;
  readonly known: KnownCapabilities;
  readonly connect: (entry: ServerEntry, hooks: ConnectHooks) => Promise<ServerConnection>;
  readonly onStatus: (server: Supervisor, from: Status, to: Status) => void;
  readonly onCapabilities: (server: Supervisor) => void;
  readonly onNotification: (server: Supervisor, notification: Notification) => void;
  readonly onLine?: (server: string, line: ServerLogLine) => void;
  /** Source files of a server in development changed; it is restarted when this returns. */
  readonly onSourcesChanged?: (server: Supervisor, files: readonly string[]) => void;
}

/** All servers of the configuration, each under its own supervisor. */
export interface Servers extends AsyncDisposable {
  all(): readonly Supervisor[];
  get(name: string): Supervisor;
  find(name: string): Supervisor | undefined;
  /** Makes the running servers those of `entries`; one whose entry is unchanged is not touched. */
  apply(entries: readonly ServerEntry[]): Promise<void>;
  start(name: string): Promise<Supervisor>;
  /** Waits until those of these servers whose lists nobody knows yet have given them or failed, starting them if need be. */
  learn(names: (name: string) => boolean, signal: AbortSignal): Promise<void>;
  stop(name: string, options?: { readonly disable?: boolean }): Promise<Supervisor>;
  restart(name: string): Promise<Supervisor>;
  /** Connects every server anew that its entry does not disable, and waits until each has settled or `patienceMs` is over. */
  reconnect(patienceMs: number): Promise<void>;
  /** Waits until none of these servers is starting, or `patienceMs` is over. */
  settle(names: readonly string[] | "all", patienceMs: number): Promise<void>;
}

export const createServers = (deps: ServersDeps): Servers => new RunningServers(deps);

class RunningServers implements Servers {
  readonly #running = new Map<string, Supervisor>();
  readonly #sources = new Map<string, Disposable>();
  #order: readonly string[] = [];

  constructor(readonly deps: ServersDeps) {}

  all(): readonly Supervisor[] {
    return this.#order.flatMap((name) => this.#running.get(name) ?? []);
  }

  find(name: string): Supervisor | undefined {
    return this.#running.get(name);
  }

  get(name: string): Supervisor {
    const found = this.#running.get(name);
    if (found) return found;
    throw new HubError("NOT_FOUND", `There is no server ${name}`, { hint: "List them with `hubctl servers list`" });
  }

  async apply(entries: readonly ServerEntry[]): Promise<void> {
    this.#order = entries.map(({ name }) => name);
    const wanted = new Set(this.#order);
    const gone = [...this.#running.values()].filter(({ entry }) => !wanted.has(entry.name));
    const fresh = entries.filter((entry) => this.#running.get(entry.name)?.entry.fingerprint !== entry.fingerprint);
    for (const entry of entries) if (!fresh.includes(entry)) this.#update(this.get(entry.name), entry);
    await Promise.all([
      ...gone.map(async (server) => {
        await this.#drop(server.entry.name);
        await this.deps.known.remove(server.entry.name);
        this.deps.onCapabilities(server);
      }),
      ...fresh.map((entry) => this.#add(entry)),
    ]);
  }

  async start(name: string): Promise<Supervisor> {
    const server = this.get(name);
    server.send({ type: "start" });
    await server.settled();
    return server;
  }

  async learn(names: (name: string) => boolean, signal: AbortSignal): Promise<void> {
    const unknown = [...this.#running.values()].filter(({ entry, capabilities }) => names(entry.name) && !capabilities.known);
    for (const server of unknown) if (this.deps.onDemand && server.status.state === "stopped") server.send({ type: "start" });
    await Promise.all(unknown.map((server) => server.settled(signal)));
  }

  async stop(name: string, { disable = false } = {}): Promise<Supervisor> {
    const server = this.get(name);
    server.send({ type: disable ? "disable" : "stop" });
    return server;
  }

  async restart(name: string): Promise<Supervisor> {
    const server = this.get(name);
    server.send({ type: "stop" });
    server.send({ type: "start" });
    await server.settled();
    return server;
  }

  async reconnect(patienceMs: number): Promise<void> {
    for (const server of this.all()) {
      server.send({ type: server.entry.disabled ? "disable" : "stop" });
      if (!server.entry.disabled && !this.deps.onDemand) server.send({ type: "start" });
    }
    await this.settle("all", patienceMs);
  }

  async settle(names: readonly string[] | "all", patienceMs: number): Promise<void> {
    const enough = new AbortController();
    using _ = this.deps.runtime.clock.after(patienceMs, () => enough.abort());
    const servers = this.all().filter(({ entry }) => names === "all" || names.includes(entry.name));
    await Promise.all(servers.map((server) => server.settled(enough.signal).catch(() => undefined)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.#drop(name)));
  }

  /** The connection stays; only a server that is disabled and should not be, or the other way round, is switched. */
  #update(server: Supervisor, entry: ServerEntry): void {
    server.update(entry);
    const isDisabled = server.status.state === "disabled";
    if (entry.disabled && !isDisabled) server.send({ type: "disable" });
    if (!entry.disabled && isDisabled) server.send({ type: this.deps.onDemand ? "stop" : "start" });
  }

  /** Adds a server, or replaces the one of its name: in one turn, so that every call finds either, but connects when the old one is gone. */
  async #add(entry: ServerEntry): Promise<void> {
    const { deps } = this;
    const remembered = (await deps.known.load()).get(entry.name);
    const known = remembered?.configHash === entry.fingerprint ? Capabilities.safeParse(remembered.capabilities).data : undefined;
    const save = (capabilities: Capabilities) =>
      deps.known
        .save(entry.name, entry.fingerprint, capabilities)
        .catch((cause: unknown) => deps.log.warn("lists were not saved", { server: entry.name, cause }));
    const replaced = this.#drop(entry.name);
    const connect: ServersDeps["connect"] = async (entry, hooks) => {
      await replaced;
      hooks.signal.throwIfAborted();
      return deps.connect(entry, hooks);
    };
    const supervisor: Supervisor = createSupervisor(
      entry,
      {
        ...deps.runtime,
        log: deps.log,
        pace: deps.pace,
        onDemand: deps.onDemand,
        connect,
        onStatus: (from, to) => deps.onStatus(supervisor, from, to),
        onCapabilities: (capabilities) => {
          deps.onCapabilities(supervisor);
          void save(capabilities);
        },
        onNotification: (notification) => deps.onNotification(supervisor, notification),
        onLine: (line) => deps.onLine?.(entry.name, line),
      },
      known,
    );
    this.#running.set(entry.name, supervisor);
    if (entry.dev && !deps.onDemand) this.#sources.set(entry.name, this.#follow(supervisor, entry.dev));
    if (!entry.disabled && !deps.onDemand) supervisor.send({ type: "start" });
    deps.onCapabilities(supervisor);
    await replaced;
  }

  #follow(server: Supervisor, sources: DevSources): Disposable {
    const { runtime, onSourcesChanged } = this.deps;
    return watchSources(sources, {
      runtime,
      onChange: (files) => {
        if (server.status.state === "stopped" || server.status.state === "disabled") return;
        server.log.add("hub", `restarts, because ${files.join(", ")} changed`);
        onSourcesChanged?.(server, files);
        server.send({ type: "stop" });
        server.send({ type: "start" });
      },
    });
  }

  async #drop(name: string): Promise<void> {
    const old = this.#running.get(name);
    this.#running.delete(name);
    this.#sources.get(name)?.[Symbol.dispose]();
    this.#sources.delete(name);
    await old?.[Symbol.asyncDispose]();
  }
}
