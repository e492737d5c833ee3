import { fit } from "#tui/text/cell.ts";
import type { Theme } from "#tui/theme.ts";

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly width: number;
  /** Share of the room that is left over. */
  readonly grow?: number;
  readonly align?: "left" | "right";
  /** The largest goes first when there is no room; 0 stays always. */
  readonly priority: number;
  /** What stands in the cell, already sanitised; may be styled. */
  readonly text: (row: Row) => string;
  /** What the column sorts by, when that is not its text. */
  readonly order?: (row: Row) => string | number;
}

export interface FittedColumn<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

const gap = 2;

/** The columns there is room for, the rest dropped by priority, and what is left over given to those that grow. */
export function fitColumns<Row>(columns: readonly Column<Row>[], available: number): FittedColumn<Row>[] {
  let kept = [...columns];
  const needed = () => kept.reduce((sum, column) => sum + column.width + gap, -gap);
  while (needed() > available) {
    const least = kept.toSorted((a, b) => b.priority - a.priority)[0];
    if (!least || least.priority === 0) break;
    kept = kept.filter((column) => column !== least);
  }
  const spare = Math.max(0, available - needed());
  const shares = kept.reduce((sum, { grow = 0 }) => sum + grow, 0);
  return kept.map((column) => ({ column, width: column.width + (shares ? Math.floor((spare * (column.grow ?? 0)) / shares) : 0) }));
}

export function headerLine<Row>(
  fitted: readonly FittedColumn<Row>[],
  theme: Theme,
  sort?: { readonly by: string; readonly isDescending: boolean },
): string {
  const title = ({ column }: FittedColumn<Row>) =>
    column.id === sort?.by ? `${column.title}${sort.isDescending ? "↓" : "↑"}` : column.title;
  return theme.muted(`  ${fitted.map((each) => fit(title(each), each.width, each.column.align)).join("  ")}`);
}

export interface RowLook {
  readonly theme: Theme;
  readonly isSelected: boolean;
  readonly isFocused: boolean;
  readonly columns: number;
}

/** One row, exactly as wide as asked; the selected one inverse where the focus is, so that it shows without colour. */
export function rowLine<Row>(fitted: readonly FittedColumn<Row>[], row: Row, { theme, isSelected, isFocused, columns }: RowLook): string {
  const cells = fitted.map(({ column, width: own }) => fit(column.text(row), own, column.align)).join("  ");
  if (!isSelected) return `  ${cells}`;
  if (!isFocused) return `${theme.accent(theme.glyph.cursor)} ${theme.strong(cells)}`;
  return theme.selected(fit(`${theme.glyph.cursor} ${Bun.stripANSI(cells)}`, columns));
}
