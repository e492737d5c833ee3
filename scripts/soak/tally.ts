import { kinds, type Kind, type Outcome } from "./outcome.ts";
import { verdicts, type Verdict } from "./verdict.ts";

/** An answer that should not have been. */
export interface Failure {
  readonly verdict: Verdict;
  /** Seconds since the run began. */
  readonly at: number;
  readonly outcome: Outcome;
}

/** What was counted of all calls. */
export interface Tally {
  readonly calls: Readonly<Record<Kind, Readonly<Record<Verdict, number>>>>;
  /** Errors of the hub by code, honest ones too. */
  readonly errors: Readonly<Record<string, number>>;
  readonly slowestRightMs: number;
  /** The first of them; `calls` counts all. */
  readonly failures: readonly Failure[];
}

const mostKept = 200;

export interface Counter {
  add(outcome: Outcome, verdict: Verdict): void;
  tally(): Tally;
}

export function createCounter(startedAt: number): Counter {
  const none = () => Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  const calls = Object.fromEntries(kinds.map((kind) => [kind, none()])) as Record<Kind, Record<Verdict, number>>;
  const errors: Record<string, number> = {};
  const failures: Failure[] = [];
  let slowestRightMs = 0;
  return {
    add(outcome, verdict) {
      const { kind, answer, sentAt, doneAt } = outcome;
      calls[kind][verdict] += 1;
      if ("code" in answer) errors[answer.code] = (errors[answer.code] ?? 0) + 1;
      if (verdict === "right") slowestRightMs = Math.max(slowestRightMs, doneAt - sentAt);
      else if (verdict !== "honest error" && failures.length < mostKept)
        failures.push({ verdict, at: (sentAt - startedAt) / 1_000, outcome });
    },
    tally: () => ({ calls, errors, slowestRightMs, failures }),
  };
}
