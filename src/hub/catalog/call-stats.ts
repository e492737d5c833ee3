import type { FinishedCall } from "./call.ts";

const kept = 512;

interface Ring {
  total: number;
  failed: number;
  readonly ms: number[];
}

export interface CallFigures {
  readonly total: number;
  readonly failed: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
}

/** What calls looked like since the hub started, of each source and of all; percentiles over the last 512. */
export interface CallStats {
  add(call: FinishedCall): void;
  of(source: string): CallFigures;
  all(): CallFigures;
}

export function createCallStats(): CallStats {
  const rings = new Map<string, Ring>();
  const all: Ring = { total: 0, failed: 0, ms: [] };
  return {
    add({ source, outcome, ms }) {
      const ring = rings.get(source) ?? { total: 0, failed: 0, ms: [] };
      rings.set(source, ring);
      for (const one of [ring, all]) {
        one.ms[one.total % kept] = ms;
        one.total += 1;
        if (outcome !== "OK") one.failed += 1;
      }
    },
    of: (source) => figures(rings.get(source)),
    all: () => figures(all),
  };
}

function figures(ring: Ring | undefined): CallFigures {
  if (!ring || ring.total === 0) return { total: 0, failed: 0 };
  const sorted = ring.ms.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { total: ring.total, failed: ring.failed, p50Ms: at(0.5), p95Ms: at(0.95) };
}
