import { metrics, type MetricDefinition } from "./catalog.ts";

export type LabelsOf<D> = D extends MetricDefinition<infer L> ? Readonly<Record<L, string>> : never;

/** One line of labels and what was measured under it. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  value: number;
  /** Of a histogram: how many observations fell into each bucket, the last one holding what exceeds them all. */
  readonly counts?: number[];
}

export interface Measured {
  readonly definition: MetricDefinition;
  readonly series: readonly Series[];
}

/** Sets gauges right before they are read. */
export type Collector = (set: Registry["set"]) => void | Promise<void>;

export interface Registry {
  /** Counts up; a counter without a series begins at zero. */
  add<D extends MetricDefinition>(definition: D, labels: LabelsOf<D>, amount?: number): void;
  /** Puts a figure in its place, be it a gauge or a counter that is kept elsewhere. */
  readonly set: <D extends MetricDefinition>(definition: D, labels: LabelsOf<D>, value: number) => void;
  /** Puts a value into a histogram. */
  observe<D extends MetricDefinition>(definition: D, labels: LabelsOf<D>, value: number): void;
  collect(collector: Collector): void;
  /** Everything measured, after the collectors have run; a gauge that no collector set any more is gone. */
  read(): Promise<readonly Measured[]>;
}

/** More series than this in one metric mean that a label holds what it must not; the rest share one series. */
const seriesLimit = 1000;
const other = "other";

/** Holds the figures of this process. */
export function createRegistry(): Registry {
  const tables = new Map<MetricDefinition, Map<string, Series>>(Object.values(metrics).map((definition) => [definition, new Map()]));
  const collectors: Collector[] = [];

  const seriesOf = (definition: MetricDefinition, labels: Readonly<Record<string, string>>): Series => {
    const table = tables.get(definition)!;
    const key = keyOf(definition, labels);
    const known = table.get(key);
    if (known) return known;
    if (table.size >= seriesLimit && !isOther(definition, labels)) {
      registry.add(metrics.lostSeries, { metric: definition.name });
      return seriesOf(definition, Object.fromEntries(definition.labels.map((name) => [name, other])));
    }
    const fresh: Series = {
      labels: { ...labels },
      value: 0,
      ...(definition.buckets && { counts: Array.from({ length: definition.buckets.length + 1 }, () => 0) }),
    };
    table.set(key, fresh);
    return fresh;
  };

  const registry: Registry = {
    add(definition, labels, amount = 1) {
      seriesOf(definition, labels).value += amount;
    },
    set(definition, labels, value) {
      seriesOf(definition, labels).value = value;
    },
    observe(definition, labels, value) {
      const series = seriesOf(definition, labels);
      series.value += value;
      series.counts![bucketOf(definition.buckets!, value)]! += 1;
    },
    collect: (collector) => void collectors.push(collector),
    async read() {
      for (const [definition, table] of tables) if (definition.type === "gauge") table.clear();
      for (const collector of collectors) await collector(registry.set);
      return [...tables].map(([definition, table]) => ({ definition, series: [...table.values()] }));
    },
  };
  return registry;
}

/** Label values may hold anything, so they are told apart as JSON would. */
function keyOf({ labels }: MetricDefinition, values: Readonly<Record<string, string>>): string {
  if (labels.length === 1) return values[labels[0]!]!;
  return labels.length === 0 ? "" : JSON.stringify(labels.map((name) => values[name]));
}

const isOther = ({ labels }: MetricDefinition, values: Readonly<Record<string, string>>) => labels.every((name) => values[name] === other);

/** The first bucket whose bound is not below the value. */
function bucketOf(bounds: readonly number[], value: number): number {
  const at = bounds.findIndex((bound) => value <= bound);
  return at < 0 ? bounds.length : at;
}
