/** One line of the table: a figure, what it is held against, and the budget of docs/architecture.md where it has one. */
export interface Row {
  readonly group: string;
  readonly what: string;
  /** What was measured, with its unit. */
  readonly value: string;
  /** The same of what it is compared with. */
  readonly beside: string;
  /** Median of the rounds' ratios: measured ÷ compared. */
  readonly ratio: number;
  readonly budget?: Budget;
}

export interface Budget {
  readonly text: string;
  readonly holds: boolean;
}

export const atLeast = (limit: number, value: number): Budget => ({ text: `≥ ${limit} ×`, holds: value >= limit });
export const atMost = (limit: number, value: number, unit: "×" | "ms" | "MB"): Budget => ({
  text: `≤ ${limit} ${unit}`,
  holds: value <= limit,
});
