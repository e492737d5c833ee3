import type { Loss, Tally, Verdict } from "./compare.ts";
import type { SpecVersion } from "./suite.ts";

/** One line of the table: one version, one way to the server. */
export interface Row extends Tally {
  readonly specVersion: SpecVersion;
  readonly subject: string;
  readonly verdict: Verdict;
  readonly seconds: number;
}

export const isClean = ({ verdict }: Row): boolean => verdict.unexpected.length === 0 && verdict.stale.length === 0;

/** The table, then everything that keeps it from being clean. */
export function render(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.specVersion,
    row.subject,
    String(row.scenarios),
    String(row.passed),
    String(row.failed),
    String(row.verdict.expected.length),
    `${row.seconds.toFixed(1)} s`,
  ]);
  const all = [["version", "subject", "scenarios", "passed", "failed", "expected", "time"], ...cells];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? [];
  const table = all.map((line) =>
    line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "),
  );
  return [...table, ...rows.flatMap(complaints)].join("\n");
}

function complaints({ specVersion, subject, verdict }: Row): string[] {
  const where = `${specVersion} ${subject}`;
  const loss = ({ scenario, check, reason }: Loss) => `FAIL  ${where}  ${scenario}:${check}: ${firstLine(reason)}`;
  return [
    ...verdict.unexpected.map(loss),
    ...verdict.stale.map((key) => `STALE ${where}  ${key} passes; take it off the list of expected failures`),
  ];
}

const firstLine = (text: string) => text.split("\n", 1)[0] ?? "";
