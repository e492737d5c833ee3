/** A row of bars, one per value, scaled to the largest; `levels` goes from empty to full. */
export function sparkline(values: readonly number[], levels: string): string {
  const steps = [...levels];
  const most = Math.max(...values, 0);
  return values
    .map((value) => (most === 0 ? steps[0]! : steps[Math.min(steps.length - 1, Math.ceil((value / most) * (steps.length - 1)))]!))
    .join("");
}
