/** What one metric is: declared once, registered, exposed and documented from here. */
export interface MetricDefinition<Labels extends string = string> {
  readonly name: `hubctl_${string}`;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly Labels[];
  /** Upper bounds of a histogram, ascending, without +Inf. */
  readonly buckets?: readonly number[];
}

const metric = <const Labels extends string = never>(
  definition: Omit<MetricDefinition, "labels"> & { readonly labels?: readonly Labels[] },
) => ({ labels: [], ...definition }) as MetricDefinition<Labels>;

/** From half a millisecond, what a call through the hub costs, to the two minutes a slow tool may take. */
const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Coarse, for every tool has a histogram of its own. */
const toolSeconds = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

/** The hub's own part of a call is well below a millisecond. */
const stageSeconds = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 10, 60];

/** Every metric of the hub. Labels hold only what is declared or configured, never what a caller types. */
export const metrics = {
  operations: metric({
    name: "hubctl_operations_finished_total",
    type: "counter",
    help: "Operations that ended, by name and error code or OK",
    labels: ["operation", "outcome"],
  }),
  operationSeconds: metric({
    name: "hubctl_operations_duration_seconds",
    type: "histogram",
    help: "How long operations took",
    labels: ["operation"],
    buckets: seconds,
  }),
  calls: metric({
    name: "hubctl_calls_finished_total",
    type: "counter",
    help: "Tool calls, resource reads, prompts and completions that ended, by source and error code, TOOL_ERROR or OK",
    labels: ["kind", "source", "outcome"],
  }),
  callSeconds: metric({
    name: "hubctl_calls_duration_seconds",
    type: "histogram",
    help: "How long tool calls, resource reads, prompts and completions took",
    labels: ["kind", "source"],
    buckets: seconds,
  }),
  callStages: metric({
    name: "hubctl_calls_stage_seconds",
    type: "histogram",
    help: "Where calls spend their time: `source` waits for the source, `audit` writes the audit row, `hub` is all else in the pipeline",
    labels: ["stage"],
    buckets: stageSeconds,
  }),
  callsRunning: metric({
    name: "hubctl_calls_running",
    type: "gauge",
    help: "Calls under way by source; more than hub.maxConcurrentCalls are refused",
    labels: ["source"],
  }),
  cappedResults: metric({
    name: "hubctl_calls_results_capped_total",
    type: "counter",
    help: "Results that were larger than hub.maxResultBytes, so that the caller got an error instead, by source",
    labels: ["source"],
  }),
  refusedTools: metric({
    name: "hubctl_tools_refused",
    type: "gauge",
    help: "Tools by source whose calls are refused for a while, because hub.maxToolFailures of them in a row went without an answer",
    labels: ["source"],
  }),
  toolSeconds: metric({
    name: "hubctl_tools_duration_seconds",
    type: "histogram",
    help: "How long calls of each tool took",
    labels: ["source", "tool"],
    buckets: toolSeconds,
  }),
  toolErrors: metric({
    name: "hubctl_tools_errors_total",
    type: "counter",
    help: "Calls of each tool that did not end well, be it the tool's own failure or the hub's",
    labels: ["source", "tool"],
  }),
  servers: metric({ name: "hubctl_servers_configured", type: "gauge", help: "Configured servers by state", labels: ["state"] }),
  serverStates: metric({
    name: "hubctl_servers_state",
    type: "gauge",
    help: "1 for the state each server is in",
    labels: ["server", "state"],
  }),
  serverChanges: metric({
    name: "hubctl_servers_transitions_total",
    type: "counter",
    help: "How often each server came into a state: `starting` counts attempts to connect, `backing_off` and `failed` those that went wrong",
    labels: ["server", "state"],
  }),
  serverRestarts: metric({
    name: "hubctl_servers_restarts_total",
    type: "counter",
    help: "How often each server was started anew because its connection was lost or could not be made",
    labels: ["server"],
  }),
  processes: metric({
    name: "hubctl_servers_processes_running",
    type: "gauge",
    help: "Processes the hub has started and that are not gone",
  }),
  sessions: metric({
    name: "hubctl_gateway_sessions_open",
    type: "gauge",
    help: "MCP sessions that are open: `http` over Streamable HTTP, `sse` of clients of 2024-11-05",
    labels: ["kind"],
  }),
  requests: metric({
    name: "hubctl_gateway_requests_total",
    type: "counter",
    help: "HTTP requests that were answered, by route pattern and status",
    labels: ["method", "route", "status"],
  }),
  requestSeconds: metric({
    name: "hubctl_gateway_request_duration_seconds",
    type: "histogram",
    help: "How long it took until the answer to an HTTP request began",
    labels: ["route"],
    buckets: seconds,
  }),
  events: metric({ name: "hubctl_events_published_total", type: "counter", help: "Events by type", labels: ["type"] }),
  droppedEvents: metric({
    name: "hubctl_events_dropped_total",
    type: "counter",
    help: "Events that are missing somewhere: `unstored` could not be written to the log, `overflow` were too many for a slow reader, who reads them from the log instead",
    labels: ["why"],
  }),
  auditRows: metric({ name: "hubctl_audit_rows_total", type: "counter", help: "Audit rows written by this process" }),
  spans: metric({
    name: "hubctl_tracing_spans_total",
    type: "counter",
    help: "Spans of traces that were `sent` to the collector, or `dropped` because it did not take them",
    labels: ["outcome"],
  }),
  lostSeries: metric({
    name: "hubctl_metrics_series_dropped_total",
    type: "counter",
    help: "Observations counted under the label value `other`, because a metric had too many series",
    labels: ["metric"],
  }),
  memory: metric({ name: "hubctl_process_resident_memory_bytes", type: "gauge", help: "Memory of the process that is in RAM" }),
  started: metric({ name: "hubctl_process_start_time_seconds", type: "gauge", help: "When the process started, epoch seconds" }),
  lag: metric({
    name: "hubctl_process_event_loop_lag_seconds",
    type: "gauge",
    help: "The longest the event loop was late since it was last asked",
  }),
  info: metric({ name: "hubctl_build_info", type: "gauge", help: "1, with the version as a label", labels: ["version"] }),
} as const satisfies Record<string, MetricDefinition>;
