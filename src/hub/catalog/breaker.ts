/** Whether calls of one tool are let through: all of them, or one from time to time to see whether it has recovered. */
export type Breaker =
  | { readonly state: "closed"; readonly failures: number }
  | {
      readonly state: "open";
      /** How often it was tried in vain since it opened, the opening included. */
      readonly trips: number;
      /** From then on the next call is let through. */
      readonly until: number;
    };

export type BreakerInput =
  /** A call is let through an open breaker, and no other before it has ended or taken too long. */
  | { readonly type: "tried" }
  /** The tool answered, be it with an error of its own. */
  | { readonly type: "answered" }
  /** It did not. */
  | { readonly type: "failed"; readonly isProbe: boolean }
  /** The call ended without telling anything of the tool. */
  | { readonly type: "left"; readonly isProbe: boolean };

export interface BreakerMoment {
  readonly now: number;
  /** Failures in a row that open it. */
  readonly limit: number;
}

export const closed: Breaker = { state: "closed", failures: 0 };

const firstMs = 5_000;
const slowestMs = 300_000;

/** How long an open breaker refuses calls: longer with each call that was tried in vain. */
const waitMs = (trips: number): number => Math.min(slowestMs, firstMs * 2 ** Math.min(trips - 1, 20));

/** How long calls are refused from now on; undefined where they are not, 0 where the next one is to find out. */
export const refusedForMs = (breaker: Breaker, now: number): number | undefined =>
  breaker.state === "open" ? Math.min(Math.max(0, Math.ceil(breaker.until - now)), waitMs(breaker.trips)) : undefined;

export function reduce(breaker: Breaker, input: BreakerInput, moment: BreakerMoment): Breaker {
  if (input.type === "answered") return closed;
  return breaker.state === "closed" ? count(breaker, input, moment) : keep(breaker, input, moment);
}

function count(breaker: Breaker & { state: "closed" }, { type }: BreakerInput, { now, limit }: BreakerMoment): Breaker {
  if (type !== "failed") return breaker;
  const failures = breaker.failures + 1;
  return failures < limit ? { state: "closed", failures } : open(1, now);
}

/** Calls that were under way when it opened tell nothing new. */
function keep(breaker: Breaker & { state: "open" }, input: BreakerInput, { now }: BreakerMoment): Breaker {
  if (input.type === "tried") return { ...breaker, until: now + slowestMs };
  if (input.type === "answered" || !input.isProbe) return breaker;
  return input.type === "failed" ? open(breaker.trips + 1, now) : { ...breaker, until: now };
}

const open = (trips: number, now: number): Breaker => ({ state: "open", trips, until: now + waitMs(trips) });
