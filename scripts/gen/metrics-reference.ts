import { metrics, type MetricDefinition } from "#hub/metrics/catalog.ts";
import { code, page, table, type Generator } from "./generated.ts";

/** `docs/reference/metrics.md`, from the table of metrics. */
export const metricsReference: Generator = () => {
  const about =
    "What `GET /metrics` answers, in Prometheus' text format. A name says its area and its unit; labels hold only what is declared or " +
    "configured, never what a caller types.";
  const all: readonly MetricDefinition[] = Object.values(metrics);
  const rows = all.map(({ name, type, labels, help }) => [code(name), type, labels.map(code).join(" "), help]);
  const bounds = all.flatMap(({ name, buckets }) => (buckets ? [`${code(name)}: ${buckets.join(", ")}`] : []));
  const buckets = `## Upper bounds of the histograms\n\n${bounds.map((line) => `- ${line}`).join("\n")}`;
  return [
    {
      path: "docs/reference/metrics.md",
      text: page("Metrics", about, table(["metric", "type", "labels", "what it counts"], rows), buckets),
    },
  ];
};
