import type { HubEvent } from "../kernel/event.ts";
import type { FinishedOperation } from "../kernel/operation.ts";
import type { Runtime } from "../kernel/runtime.ts";
import { metrics } from "./catalog.ts";
import { expositionOf } from "./exposition.ts";
import { createRegistry, type Registry } from "./registry.ts";

/** What of a finished tool call is counted. */
export interface MeasuredCall {
  readonly kind: string;
  readonly source: string;
  readonly target: string;
  readonly outcome: string;
  readonly ms: number;
  readonly sourceMs?: number;
  readonly isCapped?: boolean;
}

/** What of an answered HTTP request is counted. */
export interface MeasuredRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}

/** What of a server's change of state is counted. */
export interface ServerChange {
  readonly server: string;
  readonly state: string;
  /** It starts anew after a failure, and not because somebody asked for it. */
  readonly isRestart: boolean;
}

/** Figures that are looked up when somebody asks, instead of being kept up to date. */
export interface Figures {
  /** How many servers are in each state. */
  servers(): Readonly<Record<string, number>>;
  /** The state of each server. */
  serverStates(): Iterable<readonly [server: string, state: string]>;
  /** By kind. */
  sessions(): Readonly<Record<string, number>>;
  /** Calls under way, by source. */
  callsRunning(): Iterable<readonly [source: string, count: number]>;
  /** The source of each tool that is refused for a while. */
  refusedTools(): Iterable<string>;
  processes(): number;
  /** Since the hub started, by reason. */
  eventsDropped(): Readonly<Record<string, number>>;
  /** Spans of traces since the hub started, by what became of them; nothing where no traces are collected. */
  spans(): Readonly<Record<string, number>>;
}

/** The hub's own figures: fed by those who finish something, read by Prometheus. */
export interface HubMetrics extends Disposable {
  operation(finished: Pick<FinishedOperation, "name" | "outcome" | "ms">): void;
  call(finished: MeasuredCall): void;
  request(finished: MeasuredRequest): void;
  event(event: Pick<HubEvent, "type">): void;
  /** How long the audit row of a call took to write. */
  auditWrite(ms: number): void;
  serverChange(change: ServerChange): void;
  auditRow(): void;
  readonly registry: Registry;
  /** Prometheus' text format. */
  exposition(): Promise<string>;
}

export interface HubMetricsOptions {
  readonly runtime: Pick<Runtime, "clock" | "host">;
  readonly version: string;
  readonly figures: Figures;
}

export function createHubMetrics({ runtime, version, figures }: HubMetricsOptions): HubMetrics {
  const registry = createRegistry();
  const { clock, host } = runtime;
  const started = clock.now() / 1000;
  const lag = watchLag(runtime);
  registry.collect((set) => {
    set(metrics.memory, {}, host.rss());
    set(metrics.started, {}, started);
    set(metrics.lag, {}, lag.take());
    set(metrics.info, { version }, 1);
    readFigures(figures, set);
  });
  return {
    operation({ name, outcome, ms }) {
      registry.add(metrics.operations, { operation: name, outcome });
      registry.observe(metrics.operationSeconds, { operation: name }, ms / 1000);
    },
    call: (finished) => countCall(registry, finished),
    request({ method, route, status, ms }) {
      registry.add(metrics.requests, { method, route, status: String(status) });
      registry.observe(metrics.requestSeconds, { route }, ms / 1000);
    },
    event: ({ type }) => registry.add(metrics.events, { type }),
    auditWrite: (ms) => registry.observe(metrics.callStages, { stage: "audit" }, ms / 1000),
    serverChange({ server, state, isRestart }) {
      registry.add(metrics.serverChanges, { server, state });
      if (isRestart) registry.add(metrics.serverRestarts, { server });
    },
    auditRow: () => registry.add(metrics.auditRows, {}),
    registry,
    exposition: async () => expositionOf(await registry.read()),
    [Symbol.dispose]: () => lag[Symbol.dispose](),
  };
}

function countCall(registry: Registry, { kind, source, target, outcome, ms, sourceMs, isCapped }: MeasuredCall): void {
  registry.add(metrics.calls, { kind, source, outcome });
  registry.observe(metrics.callSeconds, { kind, source }, ms / 1000);
  registry.observe(metrics.callStages, { stage: "hub" }, (ms - (sourceMs ?? 0)) / 1000);
  if (sourceMs !== undefined) registry.observe(metrics.callStages, { stage: "source" }, sourceMs / 1000);
  if (isCapped) registry.add(metrics.cappedResults, { source });
  if (kind !== "tool") return;
  registry.observe(metrics.toolSeconds, { source, tool: target }, ms / 1000);
  if (outcome !== "OK") registry.add(metrics.toolErrors, { source, tool: target });
}

function readFigures(figures: Figures, set: Registry["set"]): void {
  for (const [state, count] of Object.entries(figures.servers())) set(metrics.servers, { state }, count);
  for (const [server, state] of figures.serverStates()) set(metrics.serverStates, { server, state }, 1);
  for (const [kind, count] of Object.entries(figures.sessions())) set(metrics.sessions, { kind }, count);
  for (const [source, count] of figures.callsRunning()) set(metrics.callsRunning, { source }, count);
  for (const [source, tools] of Map.groupBy(figures.refusedTools(), (name) => name)) set(metrics.refusedTools, { source }, tools.length);
  for (const [why, count] of Object.entries(figures.eventsDropped())) set(metrics.droppedEvents, { why }, count);
  for (const [outcome, count] of Object.entries(figures.spans())) set(metrics.spans, { outcome }, count);
  set(metrics.processes, {}, figures.processes());
}

const lagEveryMs = 1000;

/** A timer that comes late by as much as the loop was busy; `take` gives the worst since it was last called, in seconds. */
function watchLag({ clock }: Pick<Runtime, "clock">): Disposable & { take(): number } {
  let due = clock.monotonic() + lagEveryMs;
  let worst = 0;
  const timer = clock.every(lagEveryMs, () => {
    const now = clock.monotonic();
    worst = Math.max(worst, now - due);
    due = now + lagEveryMs;
  });
  return {
    take() {
      const seconds = Math.max(worst, clock.monotonic() - due, 0) / 1000;
      worst = 0;
      return seconds;
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
