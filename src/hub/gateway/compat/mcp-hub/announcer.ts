import type { HubEvent } from "../../../kernel/event.ts";
import { againstLive, shownChanges, type Changes } from "./changes.ts";
import type { McpHubDeps } from "./deps.ts";
import type { EventClients } from "./event-clients.ts";
import { logEntry } from "./log-entry.ts";
import { serverObject, statusOf, type ServerView } from "./server-object.ts";

/** Tells the clients of `/api/events` what happens, in mcp-hub's words. */
export interface Announcer extends Disposable {
  /** A client asked for this server to start or stop, whatever came of it. */
  touched(server: string): void;
}

export interface AnnouncerDeps extends Pick<McpHubDeps, "clock" | "servers" | "events" | "logFeed" | "shownConfig" | "workspaces"> {
  readonly clients: EventClients;
  /** Before that nobody is told of single servers: `hub_state` says when to look at all of them. */
  readonly isReady: () => boolean;
}

/** A server that takes longer is told of when it has come. */
export const settlePatienceMs = 5_000;
const heartbeatMs = 10_000;
const coalesceMs = 50;

export const createAnnouncer = (deps: AnnouncerDeps): Announcer => new LiveAnnouncer(deps);

class LiveAnnouncer implements Announcer {
  readonly #open: Disposable[];
  /** What was last told of each server. */
  readonly #told = new Map<string, string>();
  /** Servers whose change is being told as a whole. */
  readonly #applying = new Map<string, number>();
  readonly #touched = new Set<string>();
  #pending: Disposable | undefined;
  /** The change that is being applied; the next one waits for it. */
  #changes: Changes | undefined;

  constructor(readonly deps: AnnouncerDeps) {
    const { clock, clients, events, logFeed } = deps;
    this.#open = [
      clock.every(heartbeatMs, () => clients.send("heartbeat", { connections: clients.count() })),
      logFeed.subscribe((record) => clients.send("log", logEntry(record))),
      events.subscribe({ types: ["config.*", "servers.*", "workspaces.changed"] }, (event) => this.#on(event)),
    ];
  }

  touched(server: string): void {
    this.#touched.add(server);
    this.#pending ??= this.deps.clock.after(coalesceMs, () => this.#flush());
  }

  [Symbol.dispose](): void {
    this.#pending?.[Symbol.dispose]();
    for (const one of this.#open) one[Symbol.dispose]();
  }

  #on({ type, data }: HubEvent): void {
    const about = data as { readonly name: string; readonly changed: readonly string[]; readonly files: readonly string[] };
    switch (type) {
      case "config.changed":
        return this.#configChanged(data as Changes);
      case "config.rejected":
        return this.#tell("config_changed", { isSignificant: false });
      case "config.applied":
        return void this.#configApplied();
      case "servers.state_changed":
      case "servers.authorization_required":
        return this.#stateChanged(about.name);
      case "servers.lists_changed":
        return this.#listsChanged(about.name, about.changed);
      case "servers.sources_changed":
        return void this.#sourcesChanged(about.name, about.files);
      case "workspaces.changed":
        return void this.deps.workspaces.entries().then((workspaces) => this.#tell("workspaces_updated", { workspaces }));
      default:
    }
  }

  #tell(type: string, fields: Readonly<Record<string, unknown>>): void {
    this.deps.clients.send("subscription_event", { type, ...fields });
  }

  #configChanged(data: Changes): void {
    const { servers, shownConfig } = this.deps;
    const newConfig = shownConfig();
    const isDisabled = (name: string) => {
      const server = servers.find(name);
      return server !== undefined && statusOf(server) === "disabled";
    };
    const changes = againstLive(data, { wanted: newConfig.mcpServers, isDisabled });
    const isSignificant = changes.added.length + changes.removed.length + changes.modified.length > 0;
    this.#tell("config_changed", { newConfig, isSignificant });
    this.#changes = isSignificant ? changes : undefined;
    if (!isSignificant) return;
    this.#tell("servers_updating", { changes: shownChanges(changes) });
    this.#hold([...changes.added, ...changes.modified]);
  }

  async #configApplied(): Promise<void> {
    const changes = this.#changes;
    if (!changes) return;
    const names = [...changes.added, ...changes.modified];
    await this.deps.servers.settle(names, settlePatienceMs);
    this.#release(names);
    this.#tell("servers_updated", { changes: shownChanges(changes) });
  }

  async #sourcesChanged(name: string, files: readonly string[]): Promise<void> {
    const about = { changes: { modified: [name] }, reason: "dev_file_change", files };
    this.#tell("servers_updating", about);
    this.#hold([name]);
    // The restart begins when this event has been told.
    await Promise.resolve();
    await this.deps.servers.settle([name], settlePatienceMs);
    this.#release([name]);
    const server = this.deps.servers.find(name);
    if (!server) return;
    const { capabilities, error } = serverObject(server, this.deps.clock.now());
    this.#tell("servers_updated", { ...about, ...(error === null ? { newCapabilities: capabilities } : { error }) });
  }

  #stateChanged(name: string): void {
    const server = this.deps.servers.find(name);
    if (!server || statusOf(server) === "connecting" || this.#applying.has(name)) return;
    const before = this.#told.get(name);
    this.#told.set(name, signOf(server));
    if (this.deps.isReady() && before !== signOf(server)) this.touched(name);
  }

  #listsChanged(name: string, changed: readonly string[]): void {
    const server = this.deps.servers.find(name);
    if (!server || !this.deps.isReady()) return;
    const { tools, resources, resourceTemplates, prompts } = server.capabilities;
    if (changed.includes("tools")) this.#tell("tool_list_changed", { server: name, tools });
    if (changed.includes("resources") || changed.includes("resourceTemplates"))
      this.#tell("resource_list_changed", { server: name, resources, resourceTemplates });
    if (changed.includes("prompts")) this.#tell("prompt_list_changed", { server: name, prompts });
  }

  #hold(names: readonly string[]): void {
    for (const name of names) this.#applying.set(name, (this.#applying.get(name) ?? 0) + 1);
  }

  #release(names: readonly string[]): void {
    for (const name of names) {
      const left = (this.#applying.get(name) ?? 1) - 1;
      if (left > 0) this.#applying.set(name, left);
      else this.#applying.delete(name);
      const server = this.deps.servers.find(name);
      if (server) this.#told.set(name, signOf(server));
    }
  }

  #flush(): void {
    this.#pending = undefined;
    const modified = [...this.#touched];
    this.#touched.clear();
    this.#tell("servers_updated", { changes: { modified } });
  }
}

/** Clients look at a server again when this is another: its status, or where a person signs in. */
const signOf = (server: ServerView) => `${statusOf(server)} ${server.status.authorizationUrl ?? ""}`;
