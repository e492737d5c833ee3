import type { Rect } from "#tui/terminal/painter.ts";

export const smallest = { columns: 60, rows: 16 } as const;
const twoPanesFrom = 100;
const ownTabRowFrom = 24;

/** The rows of the frame around a screen. */
export interface ScreenLayout {
  readonly isTooSmall: boolean;
  /** Room for a list and its detail side by side. */
  readonly isWide: boolean;
  readonly header: Rect;
  /** Undefined where the header names the view instead. */
  readonly tabs: Rect | undefined;
  readonly body: Rect;
  readonly message: Rect;
  readonly hints: Rect;
}

export function screenLayout(columns: number, rows: number): ScreenLayout {
  const row = (y: number): Rect => ({ x: 0, y, width: columns, height: 1 });
  const hasTabs = rows >= ownTabRowFrom;
  const top = hasTabs ? 2 : 1;
  return {
    isTooSmall: columns < smallest.columns || rows < smallest.rows,
    isWide: columns >= twoPanesFrom,
    header: row(0),
    tabs: hasTabs ? row(1) : undefined,
    body: { x: 0, y: top, width: columns, height: Math.max(0, rows - top - 2) },
    message: row(rows - 2),
    // The last cell stays empty: writing it makes a Windows console scroll.
    hints: { ...row(rows - 1), width: Math.max(0, columns - 1) },
  };
}

/** Cuts a rectangle into a left and a right one. */
export function splitColumns(rect: Rect, share = 0.5): [Rect, Rect] {
  const left = Math.round(rect.width * share);
  return [
    { ...rect, width: left },
    { ...rect, x: rect.x + left, width: rect.width - left },
  ];
}

/** Cuts rows off the top; a negative number cuts them off the bottom, which then comes second. */
export function splitRows(rect: Rect, rows: number): [Rect, Rect] {
  const top = Math.max(0, Math.min(rect.height, rows < 0 ? rect.height + rows : rows));
  return [
    { ...rect, height: top },
    { ...rect, y: rect.y + top, height: rect.height - top },
  ];
}

/** In the middle of another one, as large as fits. */
export function centred(within: Rect, width: number, height: number): Rect {
  const fitting = { width: Math.min(width, within.width), height: Math.min(height, within.height) };
  return {
    x: within.x + Math.floor((within.width - fitting.width) / 2),
    y: within.y + Math.floor((within.height - fitting.height) / 2),
    ...fitting,
  };
}
