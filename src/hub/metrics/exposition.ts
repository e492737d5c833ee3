import type { Measured, Series } from "./registry.ts";

/**
 * Writes what was measured in Prometheus' text format.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function expositionOf(measured: readonly Measured[]): string {
  return measured
    .filter(({ series }) => series.length > 0)
    .map(({ definition, series }) => {
      const lines = series.flatMap((one) =>
        definition.buckets ? histogramLines(definition.name, definition.buckets, one) : [line(definition.name, one.labels, one.value)],
      );
      return `# HELP ${definition.name} ${escapeHelp(definition.help)}\n# TYPE ${definition.name} ${definition.type}\n${lines.join("")}`;
    })
    .join("");
}

/** Buckets are cumulative in the format, and the last one is the count. */
function histogramLines(name: string, bounds: readonly number[], { labels, value, counts }: Series): string[] {
  let below = 0;
  const buckets = [...bounds.map(String), "+Inf"].map((le, at) => line(`${name}_bucket`, { ...labels, le }, (below += counts![at]!)));
  return [...buckets, line(`${name}_sum`, labels, value), line(`${name}_count`, labels, below)];
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${numberText(value)}\n`;
}

const escapeHelp = (text: string) => text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
/** A lone surrogate would not survive UTF-8, and a reader would see two different series with one name. */
export const escapeLabel = (text: string): string => escapeHelp(text.toWellFormed()).replace(/"/g, '\\"');

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}
