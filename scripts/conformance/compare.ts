import { z } from "zod";
import type { Check, Results } from "./suite.ts";

/** What may fail through the hub and why, by `scenario` or `scenario:check-id`. */
export const ExpectedFailures = z.record(z.string(), z.record(z.string(), z.string().min(1)));
export type ExpectedFailures = z.infer<typeof ExpectedFailures>;

export interface Tally {
  readonly scenarios: number;
  readonly passed: number;
  readonly failed: number;
}

/** One check that is worse than it should be. */
export interface Loss {
  readonly scenario: string;
  readonly check: string;
  readonly reason: string;
}

export interface Verdict {
  readonly unexpected: readonly Loss[];
  readonly expected: readonly Loss[];
  /** Listed as failing, but it passes: the list may only shrink. */
  readonly stale: readonly string[];
}

const isFailed = ({ status }: Check) => status === "FAILURE" || status === "WARNING";

/** Counts checks as the suite does; a warning counts as failed, for it is a SHOULD that was not done. */
export function tally(results: Results): Tally {
  const checks = [...results.values()].flat();
  return {
    scenarios: results.size,
    passed: checks.filter(({ status }) => status === "SUCCESS").length,
    failed: checks.filter(isFailed).length,
  };
}

/** Checks of a run that failed on their own account. */
export function failures(results: Results): Loss[] {
  return [...results].flatMap(([scenario, checks]) =>
    checks.filter(isFailed).map(({ id, status, errorMessage }) => ({ scenario, check: id, reason: errorMessage ?? status })),
  );
}

/**
 * What the hub loses against the direct run: checks that fail, and checks that no longer succeed because the scenario
 * gave up, was skipped or never got there. Ids repeat within a scenario; then their number counts.
 */
export function losses(direct: Results, hub: Results): Loss[] {
  const lost = [...direct].flatMap(([scenario, checks]) => {
    const now = hub.get(scenario) ?? [];
    return [...countSuccesses(checks)]
      .filter(([id, count]) => (countSuccesses(now).get(id) ?? 0) < count)
      .map(([check]) => ({ scenario, check, reason: reasonOf(now.filter(({ id }) => id === check)) }));
  });
  const known = new Set(lost.map(keyOf));
  return [...lost, ...failures(hub).filter((failure) => !known.has(keyOf(failure)))];
}

/** Sorts losses into those that were to be expected and those that were not, and finds promises that are kept again. */
export function judge(lost: readonly Loss[], expected: Readonly<Record<string, string>>): Verdict {
  const isExpected = (loss: Loss) => loss.scenario in expected || keyOf(loss) in expected;
  const seen = new Set(lost.flatMap((loss) => [loss.scenario, keyOf(loss)]));
  return {
    unexpected: lost.filter((loss) => !isExpected(loss)),
    expected: lost.filter(isExpected),
    stale: Object.keys(expected).filter((key) => !seen.has(key)),
  };
}

const keyOf = ({ scenario, check }: Loss) => `${scenario}:${check}`;

function countSuccesses(checks: readonly Check[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id, status } of checks) if (status === "SUCCESS") counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

function reasonOf(checks: readonly Check[]): string {
  const worst = checks.find(isFailed) ?? checks.find(({ status }) => status !== "SUCCESS");
  if (!worst) return "the check was not reached";
  return worst.errorMessage ?? worst.status;
}
