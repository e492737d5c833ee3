import type { Row } from "./budget.ts";

/** The rows as text, a heading for every group. */
export function renderTable(rows: readonly Row[]): string {
  const cells = rows.map(({ what, value, beside, ratio, budget }) => [what, value, beside, `${ratioText(ratio)} ×`, verdict(budget)]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((cell) => cell[column]!.length)));
  const lines = cells.map((cell) => {
    const [what, value, beside, ratio, verdict] = cell as [string, string, string, string, string];
    const line = `  ${what.padEnd(widths[0]!)}  ${value.padStart(widths[1]!)}  ${beside.padEnd(widths[2]!)}  ${ratio.padStart(widths[3]!)}  ${verdict}`;
    return line.trimEnd();
  });
  return rows.map(({ group }, index) => (group === rows[index - 1]?.group ? "" : `\n${group}\n`) + lines[index]!).join("\n");
}

const ratioText = (ratio: number) => (ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2));

const verdict = (budget: Row["budget"]) => (budget ? `${budget.text.padEnd(9)} ${budget.holds ? "holds" : "MISSED"}` : "");
