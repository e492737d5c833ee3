import { quantile, slopeOf } from "../bench/statistics.ts";
import type { Held } from "./proc.ts";
import type { Failure, Tally } from "./tally.ts";
import { recoveryMs, verdicts, type Down, type Verdict } from "./verdict.ts";

/** What the hub held at a moment. */
export interface Sample extends Held {
  /** Seconds since the run began. */
  readonly at: number;
}

/** All that a run has brought to light. */
export interface Run {
  readonly seconds: number;
  /** Epoch milliseconds of the last call. */
  readonly endedAt: number;
  readonly tally: Tally;
  readonly samples: readonly Sample[];
  readonly downs: readonly Down[];
  /** Changes of the configuration that the hub took over, and what became of the others. */
  readonly rewrites: { readonly taken: number; readonly missed: readonly string[] };
  /** With nobody calling, before and after. */
  readonly rest: { readonly first: Held; readonly last: Held };
}

/** File descriptors that may be more at the end than at the beginning: a file rolled over, a connection kept for the next call. */
const fdSlack = 5;

/** Memory over the second half: in the first one the heap finds its size. */
export function rssSlope(samples: readonly Sample[], seconds: number): number {
  const settled = samples.filter(({ at }) => at >= seconds / 2);
  return slopeOf(settled.map(({ at, rssMb }) => ({ x: at / 3_600, y: rssMb })));
}

export const recoveries = (downs: readonly Down[]): number[] =>
  downs
    .flatMap(({ back, recoveredAt }) => (back === undefined || recoveredAt === undefined ? [] : [recoveredAt - back]))
    .toSorted((a, b) => a - b);

export const isBack = ({ fds, processes }: Held, first: Held): boolean => processes <= first.processes && fds <= first.fds + fdSlack;

/** Why a run has failed, a line each; nothing when it has not. */
export function complaints({ tally, downs, rewrites, rest, endedAt }: Run): string[] {
  const { first, last } = rest;
  const late = downs.filter(({ back, recoveredAt = endedAt }) => back !== undefined && recoveredAt - back > recoveryMs);
  return [
    ...(["lost", "crossed", "wrong"] as const).flatMap((verdict) => {
      const count = total(tally, verdict);
      return count > 0 ? [`${count} answers ${verdict}`] : [];
    }),
    ...late.map(({ server }) => `${server} was back, and was not called successfully within ${recoveryMs / 1_000} s`),
    ...rewrites.missed,
    ...(isBack(last, first)
      ? []
      : [`at rest the hub holds ${last.fds} descriptors and ${last.processes} processes, and held ${first.fds} and ${first.processes}`]),
  ];
}

export const total = ({ calls }: Tally, verdict: Verdict): number => Object.values(calls).reduce((sum, of) => sum + of[verdict], 0);

/** The figures as text. */
export function render(run: Run): string {
  const { seconds, tally, samples, downs, rewrites, rest } = run;
  const calls = Object.entries(tally.calls).map(([kind, of]) => [kind, ...verdicts.map((verdict) => String(of[verdict]))]);
  const ms = recoveries(downs);
  const held = (name: string, of: (held: Held) => number) => {
    const during = samples.map(of).toSorted((a, b) => a - b);
    return [name, of(rest.first), quantile(during, 0.5), during.at(-1) ?? Number.NaN, of(rest.last)].map((cell) =>
      typeof cell === "number" ? cell.toFixed(0) : cell,
    );
  };
  const errors = Object.entries(tally.errors).map(([code, count]) => `${code} ${count}`);
  return [
    ...aligned([["calls", ...verdicts], ...calls]),
    "",
    ...aligned([
      ["hub", "rest before", "median", "most", "rest after"],
      held("RSS, MB", ({ rssMb }) => rssMb),
      held("file descriptors", ({ fds }) => fds),
      held("processes", ({ processes }) => processes),
      held("threads", ({ threads }) => threads),
    ]),
    "",
    `RSS over the second half: ${rssSlope(samples, seconds).toFixed(1)} MB/h`,
    `errors: ${errors.join(", ") || "none"}; slowest right answer ${tally.slowestRightMs} ms`,
    `${downs.length} times a server was away, and used again after ${quantile(ms, 0.5)} ms (p50), ${ms.at(-1)} ms (most)`,
    `${rewrites.taken} changes of the configuration taken over, ${rewrites.missed.length} missed`,
    ...complaints(run).map((complaint) => `FAILED: ${complaint}`),
  ].join("\n");
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("  "));
}

/** What happened to a call that failed, in a line. */
export function describe({ verdict, at, outcome }: Failure): string {
  const { kind, server, marker, sentAt, doneAt, answer } = outcome;
  const got =
    "nothing" in answer ? answer.nothing : "code" in answer ? `${answer.code}: ${answer.message}` : `the text of ${answer.marker}`;
  return `${verdict} at ${at.toFixed(1)} s after ${doneAt - sentAt} ms, ${kind}, ${server}, ${marker}: ${got}`;
}
