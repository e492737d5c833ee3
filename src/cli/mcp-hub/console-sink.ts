import { logEntry } from "#hub/gateway/compat/mcp-hub/log-entry.ts";
import type { LogRecord, LogSink } from "#hub/kernel/log.ts";
import { BrokenPipe, type Terminal } from "../terminal.ts";

/** mcp-hub's lines: one JSON object each, warnings and errors on standard error. A reader that has left changes nothing. */
export function consoleSink({ stdout, stderr }: Pick<Terminal, "stdout" | "stderr">): LogSink {
  return (record) => {
    const output = record.level === "warn" || record.level === "error" ? stderr : stdout;
    try {
      output.write(`${JSON.stringify(logEntry(record))}\n`);
    } catch (cause) {
      if (!(cause instanceof BrokenPipe)) throw cause;
    }
  };
}

/** An error before there is a log. */
export const errorRecord = (now: number, message: string, fields: { readonly code: string } & Record<string, unknown>): LogRecord => ({
  at: new Date(now).toISOString(),
  level: "error",
  area: "hub",
  message,
  ...fields,
});
