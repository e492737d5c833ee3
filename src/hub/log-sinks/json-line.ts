import type { LogRecord } from "../kernel/log.ts";

/** One record as one line; what JSON cannot say (a cycle) costs the fields, never the record. */
export function jsonLine(record: LogRecord): string {
  const { at, level, area, message } = record;
  return `${jsonText(record) ?? JSON.stringify({ at, level, area, message })}\n`;
}

/** Undefined where JSON cannot say it. */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
