import type { Output } from "../terminal.ts";
import { cellText, type CellOptions } from "./cell.ts";
import { reach } from "./json.ts";
import { styles } from "./style.ts";

export type Row = Readonly<Record<string, unknown>>;

export interface TableOptions {
  readonly stdout: Output;
  readonly columns: readonly string[];
  readonly now: number;
}

/** Rows for a person as a table that fits the terminal, for a program as tab-separated values without a header. */
export function printTable(rows: readonly Row[], { stdout, columns, now }: TableOptions): void {
  const cell: CellOptions = { human: stdout.isTTY, now };
  const body = rows.map((row) => columns.map((column) => cellText(column.split(".").at(-1)!, reach(row, column), cell)));
  if (!stdout.isTTY) return stdout.write(body.map((cells) => `${cells.join("\t")}\n`).join(""));
  const { bold, dim } = styles(stdout.colour);
  if (rows.length === 0) return stdout.write(`${dim("Nothing to show")}\n`);
  const head = columns.map((column) => heading(column));
  const widths = fitColumns([head, ...body], stdout.columns);
  stdout.write(`${bold(line(head, widths))}\n${body.map((cells) => `${line(cells, widths)}\n`).join("")}`);
}

const heading = (column: string) =>
  column
    .split(".")
    .at(-1)!
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toUpperCase();

const gap = 2;
/** Narrower than this a cut cell says nothing. */
const narrowest = 4;

/** Widths that fit the terminal: the widest column gives way first; what still does not fit is left out from the right. */
export function fitColumns(lines: readonly (readonly string[])[], total: number): number[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(1, ...lines.map((cells) => Bun.stringWidth(cells[column] ?? ""))));
  const used = () => widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1);
  while (used() > total) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! > narrowest)
      widths[widest] = Math.max(narrowest, widths[widest]! - Math.max(1, excess(widths, widest, used() - total)));
    else if (widths.length > 1) widths.pop();
    else return [Math.max(1, total)];
  }
  return widths;
}

/** How much the widest column can give at once without becoming narrower than the next one. */
function excess(widths: readonly number[], widest: number, wanted: number): number {
  const next = Math.max(narrowest, ...widths.filter((_, column) => column !== widest));
  return Math.min(wanted, widths[widest]! - next);
}

function line(cells: readonly string[], widths: readonly number[]): string {
  const padded = widths.map((width, column) => {
    const text = fitText(cells[column] ?? "", width);
    return column === widths.length - 1 ? text : text + " ".repeat(width - Bun.stringWidth(text));
  });
  return padded.join(" ".repeat(gap)).trimEnd();
}

/** Cuts a text to a width; the mark of the cut is one column wide in every encoding that can show it. */
export function fitText(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text;
  return width <= 1 ? Bun.sliceAnsi(text, 0, width) : `${Bun.sliceAnsi(text, 0, width - 1)}…`;
}
