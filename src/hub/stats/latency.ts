/**
 * How long something took, as counts in buckets that grow by a fifth: small enough to keep for every tool, and two of them
 * can be added, which percentiles cannot.
 */
export type Latency = Map<number, number>;

const first = 0.1;
const growth = 1.2;
/** Past an hour it no longer matters how long it took. */
const last = 96;
const perBucket = 1 / Math.log(growth);

const bucketOf = (ms: number) => (ms <= first ? 0 : Math.min(last, Math.ceil(Math.log(ms / first) * perBucket)));

export function addLatency(latency: Latency, ms: number): void {
  const bucket = bucketOf(ms);
  latency.set(bucket, (latency.get(bucket) ?? 0) + 1);
}

/** Adds what is in `other`. */
export function mergeLatency(latency: Latency, other: Latency): void {
  for (const [bucket, count] of other) latency.set(bucket, (latency.get(bucket) ?? 0) + count);
}

/** The time within which this share of them ended, at most a tenth off; undefined of none. */
export function quantile(latency: Latency, share: number): number | undefined {
  let total = 0;
  for (const count of latency.values()) total += count;
  let below = 0;
  for (const [bucket, count] of [...latency].toSorted(([a], [b]) => a - b)) {
    below += count;
    if (below >= share * total) return Number((first * growth ** (bucket - 0.5)).toPrecision(3));
  }
  return undefined;
}

export const latencyText = (latency: Latency): string => JSON.stringify([...latency]);

export const parseLatency = (text: string): Latency => new Map(JSON.parse(text) as [number, number][]);
