import { describe, expect, test } from "bun:test";
import { fakeClock, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { metrics, type MetricDefinition } from "./catalog.ts";
import { createHubMetrics, type Figures } from "./hub-metrics.ts";
import { createRegistry } from "./registry.ts";

const nothing: Figures = {
  servers: () => ({}),
  serverStates: () => [],
  sessions: () => ({}),
  callsRunning: () => [],
  refusedTools: () => [],
  processes: () => 0,
  eventsDropped: () => ({}),
  spans: () => ({}),
};
const create = (figures: Partial<Figures> = {}, clock = fakeClock()) =>
  createHubMetrics({ runtime: fakeRuntime({ clock }), version: "1.0.0", figures: { ...nothing, ...figures } });
const lineOf = (text: string, start: string) => text.split("\n").find((line) => line.startsWith(start));

describe("the catalog", () => {
  const all: readonly MetricDefinition[] = Object.values(metrics);

  test("names are unique and end in what they measure", () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, type } of all) {
      expect(name).toMatch(/^hubctl_[a-z]+(_[a-z]+)+$/);
      expect(name.endsWith("_total")).toBe(type === "counter");
    }
  });

  test("only histograms have buckets, in ascending order", () => {
    for (const { type, buckets } of all) {
      expect(buckets !== undefined).toBe(type === "histogram");
      if (buckets) expect(buckets.toSorted((a, b) => a - b)).toEqual([...buckets]);
    }
  });
});

describe("createHubMetrics", () => {
  test("counts what it is told", async () => {
    using hub = create();
    hub.operation({ name: "servers.list", outcome: "OK", ms: 3 });
    hub.call({ kind: "tool", source: "slack", target: "slack.post", outcome: "TOOL_ERROR", ms: 250, sourceMs: 249 });
    hub.call({
      kind: "resource",
      source: "files",
      target: "file:///secret",
      outcome: "UPSTREAM_REJECTED",
      ms: 2,
      sourceMs: 1,
      isCapped: true,
    });
    hub.auditWrite(0.2);
    hub.serverChange({ server: "slack", state: "backing_off", isRestart: false });
    hub.serverChange({ server: "slack", state: "starting", isRestart: true });
    hub.request({ method: "GET", route: "/health", status: 200, ms: 1 });
    hub.event({ type: "servers.ready" });
    hub.auditRow();
    const text = await hub.exposition();
    for (const line of [
      'hubctl_operations_finished_total{operation="servers.list",outcome="OK"} 1',
      'hubctl_operations_duration_seconds_sum{operation="servers.list"} 0.003',
      'hubctl_calls_finished_total{kind="tool",source="slack",outcome="TOOL_ERROR"} 1',
      'hubctl_calls_duration_seconds_bucket{kind="tool",source="slack",le="0.25"} 1',
      'hubctl_calls_stage_seconds_bucket{stage="hub",le="0.001"} 2',
      'hubctl_calls_stage_seconds_sum{stage="source"} 0.25',
      'hubctl_calls_stage_seconds_count{stage="audit"} 1',
      'hubctl_calls_results_capped_total{source="files"} 1',
      'hubctl_tools_duration_seconds_bucket{source="slack",tool="slack.post",le="0.5"} 1',
      'hubctl_tools_errors_total{source="slack",tool="slack.post"} 1',
      'hubctl_servers_transitions_total{server="slack",state="backing_off"} 1',
      'hubctl_servers_restarts_total{server="slack"} 1',
      'hubctl_gateway_requests_total{method="GET",route="/health",status="200"} 1',
      'hubctl_events_published_total{type="servers.ready"} 1',
      "hubctl_audit_rows_total 1",
      'hubctl_build_info{version="1.0.0"} 1',
    ])
      expect(text.split("\n")).toContain(line);
    // What a caller named is no label.
    expect(text).not.toContain("secret");
  });

  test("figures kept elsewhere are gauges and counters like the others", async () => {
    using hub = create({
      serverStates: () => [["slack", "ready"]],
      callsRunning: () => new Map([["slack", 3]]),
      refusedTools: () => ["slack", "slack"],
      processes: () => 2,
      eventsDropped: () => ({ unstored: 1 }),
      spans: () => ({ sent: 9, dropped: 0 }),
    });
    const lines = (await hub.exposition()).split("\n");
    for (const line of [
      'hubctl_servers_state{server="slack",state="ready"} 1',
      'hubctl_calls_running{source="slack"} 3',
      'hubctl_tools_refused{source="slack"} 2',
      "hubctl_servers_processes_running 2",
      'hubctl_events_dropped_total{why="unstored"} 1',
      'hubctl_tracing_spans_total{outcome="sent"} 9',
    ])
      expect(lines).toContain(line);
  });

  test("asks for figures when it is read, and forgets states no server is in any more", async () => {
    let servers: Record<string, number> = { ready: 2, failed: 1 };
    using hub = create({ servers: () => servers, sessions: () => ({ http: 7 }) });
    expect(await hub.exposition()).toContain('hubctl_servers_configured{state="failed"} 1\n');
    servers = { ready: 3 };
    const text = await hub.exposition();
    expect(text).not.toContain('state="failed"');
    expect(lineOf(text, "hubctl_gateway_sessions_open")).toBe('hubctl_gateway_sessions_open{kind="http"} 7');
  });

  test("a loop that was busy shows once, then is forgotten", async () => {
    const clock = fakeClock();
    let ahead = 0;
    using hub = create({}, { ...clock, monotonic: () => clock.monotonic() + ahead });
    await clock.advance(500);
    ahead = 2000;
    expect(lineOf(await hub.exposition(), "hubctl_process_event_loop_lag_seconds")).toBe("hubctl_process_event_loop_lag_seconds 1.5");
    await clock.advance(1000);
    await hub.exposition();
    await clock.advance(1000);
    expect(lineOf(await hub.exposition(), "hubctl_process_event_loop_lag_seconds")).toBe("hubctl_process_event_loop_lag_seconds 0");
  });
});

describe("createRegistry", () => {
  test("a label that takes too many values ends in one series, and that is counted", async () => {
    const registry = createRegistry();
    for (let at = 0; at < 1500; at++) registry.add(metrics.events, { type: `t${at}` });
    const read = await registry.read();
    const series = (name: string) => read.find(({ definition }) => definition.name === name)!.series;
    expect(series("hubctl_events_published_total")).toHaveLength(1001);
    expect(series("hubctl_events_published_total").find(({ labels }) => labels["type"] === "other")!.value).toBe(500);
    expect(series("hubctl_metrics_series_dropped_total")).toEqual([{ labels: { metric: "hubctl_events_published_total" }, value: 500 }]);
  });

  test("values with separators in them stay apart", async () => {
    const registry = createRegistry();
    registry.add(metrics.operations, { operation: 'a","b', outcome: "c" });
    registry.add(metrics.operations, { operation: "a", outcome: 'b","c' });
    expect((await registry.read()).find(({ definition }) => definition === metrics.operations)!.series).toHaveLength(2);
  });
});
