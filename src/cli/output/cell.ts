import { formatAge } from "./duration.ts";
import { cleanLine } from "./sanitize.ts";

export interface CellOptions {
  /** For a person: relative times and marks; for a program: RFC 3339 and plain values. */
  readonly human: boolean;
  readonly now: number;
}

/** Epoch milliseconds go by these names everywhere (`kernel/event.ts`, the store's `*_at` columns). */
const isTime = (key: string) => key === "at" || key === "since" || /[a-z]At$/.test(key);

/** A value as the text of one cell. */
export function cellText(key: string, value: unknown, { human, now }: CellOptions): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number" && isTime(key)) return human ? formatAge(value, now) : timeText(value);
  if (typeof value === "string") return cleanLine(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return cleanLine(value.join(human ? ", " : ","));
  return cleanLine(JSON.stringify(value));
}

/** The last millisecond `Date` can say is 8.64e15. */
export const timeText = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms));
