import { createAreas, type LiveAreas } from "./assembly/areas.ts";
import { figuresOf } from "./assembly/figures.ts";
import { createRestart, type RestartMoment, type Succession } from "./assembly/restart.ts";
import { openFoundation, type Foundation } from "./assembly/foundation.ts";
import { openGateway, type Gateway, type ListenOptions } from "./assembly/gateway.ts";
import { operationBehind } from "./assembly/hub-tools.ts";
import { createInvoker, type Invoker } from "./assembly/invoker.ts";
import { lineRecord, openLog } from "./assembly/log.ts";
import { createMarketplaceArea, startMarketplaceSync } from "./assembly/marketplace.ts";
import { serverEntries } from "./assembly/server-entries.ts";
import { serverSecrets } from "./assembly/server-secrets.ts";
import { statusOf } from "./assembly/status.ts";
import { assembleWorkspaces } from "./assembly/workspaces.ts";
import { createRunCommand } from "./config/run-command.ts";
import type { Config } from "./config/layers.ts";
import { appliedData, changedData } from "./config/event-data.ts";
import { startPruning } from "./event-log/pruning.ts";
import { events } from "./events.ts";
import type { LegacyOptions } from "./gateway/mcp/connect-legacy.ts";
import { aggregateView } from "./gateway/mcp/view.ts";
import type { Invoke } from "./kernel/client.ts";
import type { HubEvent } from "./kernel/event.ts";
import type { LogLevel, LogSink } from "./kernel/log.ts";
import { defaultTenant, localOwner } from "./kernel/principal.ts";
import type { Runtime } from "./kernel/runtime.ts";
import { version } from "./kernel/version.ts";
import { createLogFeed, type LogFeed } from "./log-sinks/log-feed.ts";
import type { Marketplace } from "./marketplace/marketplace.ts";
import { createHubMetrics, type HubMetrics } from "./metrics/hub-metrics.ts";
import type { ServerEntry } from "./servers/endpoint.ts";
import type { HubStatus } from "./status/schema.ts";
import { createLeases } from "./store/lease-store.ts";
import type { Workspaces } from "./workspaces/workspaces.ts";

export interface HubOptions {
  readonly runtime: Runtime;
  /** In the order they are laid over one another; without any, the default places are looked at. */
  readonly configFiles?: readonly string[];
  /** The directory the hub belongs to. */
  readonly cwd: string;
  /** False for a hub inside one command; addresses left out come from the configuration. */
  readonly listen?: false | Partial<ListenOptions>;
  /** Follow the configuration files; a hub inside a command never does. */
  readonly watch?: boolean;
  /** Stop so long after the last client of `/api/events` has left; without it the hub stays. */
  readonly shutdownDelayMs?: number;
  /** Variables that every server may set although they can change which code runs. */
  readonly allowEnv?: readonly string[];
  /** When servers start: at once where the hub listens, when somebody needs them inside a command. */
  readonly servers?: "at-once" | "on-demand";
  /** Where log records go besides the log file. */
  readonly logSink?: LogSink;
  /** The least level that is logged; otherwise that of the configuration. */
  readonly logLevel?: LogLevel;
  /** How processes follow one another; without it the hub cannot be restarted. */
  readonly succession?: Succession;
}

/** A hub: what the program is, whichever command it runs in. */
export interface Hub {
  /** Listens and starts the servers; resolves when it listens, servers connect behind. */
  start(): Promise<void>;
  /** When another process has followed, stays until the last client has found it, or the signal aborts. */
  stop(signal?: AbortSignal): Promise<void>;
  /** Waits until every server has been listed once or has failed, or `patienceMs` is over. */
  listed(patienceMs: number): Promise<void>;
  /** Resolves when the hub was asked to end, or nobody uses it any more; whoever runs it then stops it. */
  readonly leaving: Promise<void>;
  /** Runs an operation as the local owner. */
  readonly invoke: Invoke;
  readonly events: { follow(options: FollowOptions): AsyncIterable<HubEvent> };
  readonly config: Config;
  readonly gateway: Gateway | undefined;
  /** What a stdio client is served. */
  readonly stdio: LegacyOptions;
}

export interface FollowOptions {
  readonly types?: readonly string[];
  readonly after?: number;
  readonly signal: AbortSignal;
}

/** Builds the hub; nothing listens and no server runs until `start`. Throws when the configuration or the store is bad. */
export async function createHub(options: HubOptions): Promise<Hub> {
  const { runtime, cwd, configFiles, listen = {} } = options;
  const onDemand = (options.servers ?? (listen === false ? "on-demand" : "at-once")) === "on-demand";
  const moment: Moment = { state: "starting", startedAt: runtime.clock.now(), gateway: undefined, isFollowed: false };
  await using opening = new AsyncDisposableStack();
  const logFeed = createLogFeed();
  const { log, setLevel } = openLog(options, { stack: opening, feed: logFeed.sink });
  const foundation = await openFoundation({
    runtime,
    log,
    cwd,
    configFiles,
    stack: opening,
    watch: !onDemand && options.watch !== false,
    onConfig: async (next, diff) => {
      setLevel(next.hub.logLevel);
      foundation.bus.publish(events.config.changed, changedData(next, diff));
      await areas.servers.apply(entriesOf(next));
      areas.catalog.touch();
      foundation.bus.publish(events.config.applied, appliedData(diff));
    },
  });
  setLevel(foundation.config.current().hub.logLevel);
  const run = createRunCommand({ gate: foundation.spawnGate, runtime });
  const secret = async (server: string, name: string) => (await foundation.vault()).get(defaultTenant, serverSecrets(server, name));
  const entriesOf = (config: Config) =>
    serverEntries(config, { runtime, run, secret, log: log.area("config"), allowEnv: options.allowEnv });
  const figures = figuresOf({ foundation, areas: () => areas, gateway: () => moment.gateway });
  const metrics = opening.use(createHubMetrics({ runtime, version, figures }));
  opening.use(foundation.bus.subscribe({}, metrics.event));
  const baseUrl = () => moment.gateway?.listener.url ?? `http://127.0.0.1:${foundation.config.current().hub.port}`;
  const areas: LiveAreas = createAreas({
    foundation,
    stack: opening,
    onDemand,
    metrics,
    baseUrl,
    onLine: (server, line) => logFeed.sink(lineRecord(server, line)),
    invoke: (name, input, { asker, signal, onProgress }) =>
      invoker.as(asker.principal, "hub-tool")(operationBehind(name), input, {
        signal,
        onProgress,
      }),
  });
  const marketplace = createMarketplaceArea({ foundation, servers: areas.servers });
  const leaving = Promise.withResolvers<void>();
  const workspaces = opening.use(assembleWorkspaces(foundation, { shutdownDelayMs: options.shutdownDelayMs, onDeserted: leaving.resolve }));
  const status = () => statusOf({ foundation, areas, ...moment });
  const restart = createRestart({ succession: options.succession, moment, runtime, leave: leaving.resolve });
  const invoker = createInvoker({ foundation, areas, marketplace, workspaces, onDemand, status, restart });
  const parts = { foundation, areas, marketplace, workspaces, logFeed, invoker, metrics, baseUrl, entriesOf };
  return new LiveHub({ ...parts, listen, moment, leaving, succession: options.succession, stack: opening.move() });
}

/** What of the hub changes while it lives. */
interface Moment extends RestartMoment {
  state: HubStatus["state"];
  readonly startedAt: number;
}

interface Parts {
  readonly foundation: Foundation;
  readonly areas: LiveAreas;
  readonly marketplace: Marketplace;
  readonly invoker: Invoker;
  readonly metrics: HubMetrics;
  readonly listen: false | Partial<ListenOptions>;
  readonly moment: Moment;
  readonly succession: Succession | undefined;
  readonly baseUrl: () => string;
  readonly entriesOf: (config: Config) => ServerEntry[];
  readonly workspaces: Workspaces;
  readonly logFeed: LogFeed;
  readonly leaving: PromiseWithResolvers<void>;
  readonly stack: AsyncDisposableStack;
}

/** Of a server that takes longer the first calls wait. */
const settlePatienceMs = 5_000;

class LiveHub implements Hub {
  readonly invoke: Invoke;
  readonly events: Hub["events"];
  readonly stdio: Hub["stdio"];
  readonly leaving: Promise<void>;

  constructor(readonly parts: Parts) {
    const { foundation, areas, invoker } = parts;
    this.leaving = parts.leaving.promise;
    this.invoke = invoker.as(localOwner, "local");
    this.events = { follow: (options) => foundation.bus.stream(options) };
    this.stdio = { view: aggregateView(areas, "stdio"), principal: localOwner, watches: areas.watches, rounds: areas.rounds, version };
  }

  get config(): Config {
    return this.parts.foundation.config.current();
  }

  get gateway(): Gateway | undefined {
    return this.parts.moment.gateway;
  }

  async start(): Promise<void> {
    const { foundation, moment, listen, succession } = this.parts;
    if (succession?.legacy) await this.#prepare();
    const opened = listen === false ? undefined : await this.#listen(listen);
    await Promise.all([!succession?.legacy && this.#startServers(), opened?.listed]);
    moment.state = "ready";
    foundation.bus.publish(events.hub.ready, { pid: foundation.runtime.host.pid });
  }

  /** Whoever follows a hub that serves must serve as well as that from its first request on, so its servers start before it listens. */
  async #prepare(): Promise<void> {
    await this.#startServers();
    await this.parts.areas.servers.settle("all", settlePatienceMs);
    this.parts.moment.state = "ready";
    await this.parts.succession?.prepared();
  }

  #startServers(): Promise<void> {
    return this.parts.areas.servers.apply(this.parts.entriesOf(this.config));
  }

  async #listen(listen: Partial<ListenOptions>): Promise<{ readonly listed: Promise<void> }> {
    const { foundation, moment, leaving, workspaces, stack, succession } = this.parts;
    const { store, runtime, log, bus } = foundation;
    const legacy = succession?.legacy;
    moment.gateway = await openGateway({ ...this.parts, state: () => moment.state, listen, legacy, onLeave: leaving.resolve });
    const listed = workspaces.register(moment.gateway.listener.port);
    stack.use(startMarketplaceSync(foundation, this.parts.marketplace));
    stack.use(startPruning({ store, leases: createLeases(store, runtime.clock), clock: runtime.clock, log }));
    const { url, socket } = moment.gateway.listener;
    log.info("the hub listens", { version, url, socket, pid: runtime.host.pid });
    bus.publish(events.hub.started, { version, pid: runtime.host.pid, url });
    return { listed };
  }

  async listed(patienceMs: number): Promise<void> {
    const { foundation, areas } = this.parts;
    const enough = new AbortController();
    const late = foundation.runtime.clock.sleep(patienceMs, enough.signal).catch(() => undefined);
    const learned = areas.servers.learn(() => true, enough.signal).catch(() => undefined);
    await Promise.race([learned, late]);
    enough.abort();
  }

  async stop(signal: AbortSignal = new AbortController().signal): Promise<void> {
    const { foundation, moment, workspaces, stack } = this.parts;
    moment.state = "stopping";
    if (moment.gateway) foundation.log.info("the hub stops");
    if (moment.gateway) foundation.bus.publish(events.hub.stopping, { pid: foundation.runtime.host.pid });
    // Its place on the list is its heir's by now, and must not be written over when its clients leave.
    if (moment.isFollowed) await workspaces[Symbol.asyncDispose]();
    await moment.gateway?.close(moment);
    await stack.disposeAsync();
    if (moment.isFollowed) await moment.gateway?.listener.linger(signal);
  }
}
