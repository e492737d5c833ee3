import { isDeepStrictEqual } from "node:util";
import { createHubSource } from "../builtin/hub-source.ts";
import { createCallStats, type CallStats } from "../catalog/call-stats.ts";
import { createPipeline, type Pipeline } from "../catalog/pipeline.ts";
import { createCatalog, type Catalog } from "../catalog/catalog.ts";
import { wireName } from "../catalog/naming.ts";
import { serverSource } from "../catalog/server-source.ts";
import type { Source, SourceCall } from "../catalog/source.ts";
import { events } from "../events.ts";
import { createRounds, type Rounds } from "../gateway/mcp/rounds.ts";
import { createWatches, type Watches } from "../gateway/mcp/subscriptions.ts";
import type { HubMetrics } from "../metrics/hub-metrics.ts";
import { defaultTenant } from "../kernel/principal.ts";
import type { Clock, Fetch } from "../kernel/runtime.ts";
import { version } from "../kernel/version.ts";
import type { ServerAuth } from "../server-auth/server-auth.ts";
import { connectServer } from "../servers/connect.ts";
import type { Notification } from "../servers/connection.ts";
import type { Capabilities, ListName } from "../servers/capabilities.ts";
import type { Status } from "../servers/machine.ts";
import { listNames, type ServerLogLine } from "../servers/schema.ts";
import { createServers, type Servers } from "../servers/servers.ts";
import type { Supervisor } from "../servers/supervisor.ts";
import { createLedger, type Ledger } from "../stats/ledger.ts";
import { createToolRecordStore } from "../stats/tool-record-store.ts";
import type { Tracing } from "../tracing/tracing.ts";
import { createCapabilityStore } from "../store/capability-store.ts";
import type { Foundation } from "./foundation.ts";
import { operationTools } from "./hub-tools.ts";
import { createObservers } from "./observe.ts";
import { assembleServerAuth } from "./server-auth.ts";

export interface AreaOptions {
  readonly foundation: Foundation;
  readonly stack: AsyncDisposableStack;
  readonly metrics: Pick<HubMetrics, "call" | "operation" | "auditRow" | "auditWrite" | "serverChange">;
  readonly onDemand: boolean;
  readonly onLine: (server: string, line: ServerLogLine) => void;
  /** Where browsers find the hub. */
  readonly baseUrl: () => string;
  /** Runs an operation for a caller that came as a tool call. */
  readonly invoke: (name: string, input: unknown, call: SourceCall) => Promise<unknown>;
}

/** The live parts between configuration and doors. */
export interface LiveAreas {
  readonly servers: Servers;
  readonly serverAuth: ServerAuth;
  readonly catalog: Catalog;
  readonly pipeline: Pipeline;
  readonly stats: CallStats;
  readonly ledger: Ledger;
  readonly watches: Watches;
  readonly rounds: Rounds;
  readonly observers: ReturnType<typeof createObservers>;
}

export function createAreas({ foundation, stack, metrics, onDemand, onLine, baseUrl, invoke }: AreaOptions): LiveAreas {
  const { runtime, log, bus, audit, policy } = foundation;
  const settings = foundation.config.current().hub;
  const watches = createWatches();
  const ledger = stack.use(createLedger({ clock: runtime.clock, log: log.area("stats"), store: createToolRecordStore(foundation.store) }));
  const serverAuth = stack.use(assembleServerAuth({ foundation, baseUrl, servers: () => servers }));
  const changedLists = createListCompare();
  const servers: Servers = stack.use(
    createServers({
      runtime,
      log: log.area("servers"),
      onDemand,
      known: createCapabilityStore(foundation.store, runtime.clock, defaultTenant),
      connect: (entry, hooks) =>
        connectServer(entry, { ...connectDeps(foundation), authFor: (...asked) => serverAuth.over(...asked) }, hooks),
      onStatus: (server, from, to) => {
        announceStatus(foundation, server, { from, to });
        metrics.serverChange({ server: server.entry.name, state: to.state, isRestart: to.restarts > from.restarts });
        catalog.touch();
      },
      onCapabilities: (server) => {
        if (!server.stale) announceLists(foundation, server, changedLists(server));
        catalog.touch();
      },
      onLine,
      onSourcesChanged: ({ entry: { name } }, files) => bus.publish(events.servers.sourcesChanged, { name, files: [...files] }),
      onNotification: ({ entry }, notification) => passOn(entry.name, notification, { watches, pipeline }),
    }),
  );
  const hubSource = createHubSource({ catalog: () => catalog, pipeline: () => pipeline, operationTools: operationTools(), invoke });
  const catalog: Catalog = createCatalog({ clock: runtime.clock, sources: sourceList(servers, hubSource, runtime.clock) });
  stack.use(catalog.onChange((kinds) => announceCatalog(foundation, catalog, kinds)));
  const stats = createCallStats();
  const observers = createObservers({
    clock: runtime.clock,
    audit,
    stats,
    ledger,
    metrics,
    announce: ({ principal, ms, kind, target, source, door, outcome }) =>
      bus.publish(
        events.catalog.called,
        { kind, target, source, door, principal: principal.id, outcome, ms: Math.round(ms * 100) / 100 },
        { tenant: principal.tenant, soon: true },
      ),
  });
  const pipeline: Pipeline = createPipeline({
    clock: runtime.clock,
    random: runtime.random,
    catalog,
    policy,
    limits: settings,
    learn: (name, signal) => servers.learn((server) => name.startsWith(`${server}.`) || name.startsWith(`${wireName(server)}__`), signal),
    finished: observers.call,
    tracing: foundation.tracing?.calls,
  });
  return { servers, serverAuth, catalog, pipeline, stats, ledger, watches, rounds: createRounds(runtime), observers };
}

/** What a server says unasked, to whom it concerns. */
function passOn(server: string, { method, params }: Notification, { watches, pipeline }: Pick<LiveAreas, "watches" | "pipeline">): void {
  if (method === "notifications/tasks/status" && params) pipeline.tasks.told(server, params);
  if (method === "notifications/resources/updated" && typeof params?.["uri"] === "string") watches.updated(server, params["uri"]);
}

/** The way to a server, with the trace in its headers where one is recorded. */
const carrying = (tracing: Tracing | undefined, way: Fetch): Fetch => tracing?.propagate(way) ?? way;

const connectDeps = ({ runtime, spawnGate, egress, tracing, config }: Foundation) => ({
  startProcess: spawnGate.start,
  fetch: carrying(tracing, egress.fetchFor({ trust: "configured" })),
  clock: runtime.clock,
  version,
  maxMessageBytes: config.current().hub.maxMessageBytes,
});

/** One source per supervisor, made once, so that what it filtered is not filtered again for every call. */
function sourceList(servers: Servers, hub: Source, clock: Clock): () => Source[] {
  const made = new WeakMap<Supervisor, Source>();
  const sourceOf = (server: Supervisor) => {
    const source = made.get(server) ?? serverSource(server, clock);
    made.set(server, source);
    return source;
  };
  return () => [...servers.all().map(sourceOf), hub];
}

function announceStatus({ bus, log }: Foundation, { entry: { name } }: Supervisor, { from, to }: { from: Status; to: Status }): void {
  const { info, warn, error } = log.area("servers");
  // That a server did not start is for a person to look at; that it still does not is no news.
  const isNews = from.state === "starting" && to.failures <= 1;
  const write = to.error === undefined ? info : isNews ? error : warn;
  write(`${name} is ${to.state}`, { server: name, from: from.state, ...(to.error !== undefined && { error: to.error }) });
  bus.publish(events.servers.stateChanged, { name, from: from.state, to: to.state, error: to.error, nextRetryAt: to.nextRetryAt });
  if (to.error !== undefined && to.state !== "degraded") bus.publish(events.servers.failed, { name, error: to.error, hint: to.hint });
}

/** Says which of a server's lists differ from those it had when asked before. */
function createListCompare(): (server: Supervisor) => ListName[] {
  const last = new WeakMap<Supervisor, Capabilities>();
  return (server) => {
    const { capabilities } = server;
    const before = last.get(server);
    last.set(server, capabilities);
    return listNames.filter((name) => !isDeepStrictEqual(before?.[name] ?? [], capabilities[name]));
  };
}

function announceLists({ bus }: Foundation, { entry: { name }, capabilities }: Supervisor, changed: readonly ListName[]): void {
  const { tools, resources, resourceTemplates, prompts } = capabilities;
  bus.publish(events.servers.listsChanged, {
    name,
    changed: [...changed],
    tools: tools.length,
    resources: resources.length,
    resourceTemplates: resourceTemplates.length,
    prompts: prompts.length,
  });
}

function announceCatalog({ bus }: Foundation, catalog: Catalog, kinds: readonly ("tools" | "resources" | "prompts")[]): void {
  const { tools, prompts, resources } = catalog.snapshot();
  bus.publish(events.catalog.changed, {
    kinds: [...kinds],
    tools: tools.length,
    prompts: prompts.length,
    resources: resources.resources.length,
  });
}
