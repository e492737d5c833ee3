import { join } from "node:path";
import { createLog, type Log, type LogLevel, type LogRecord, type LogSink } from "../kernel/log.ts";
import { pathsOf } from "../kernel/paths.ts";
import type { Runtime } from "../kernel/runtime.ts";
import { createFileSink } from "../log-sinks/file-sink.ts";
import type { ServerLogLine } from "../servers/schema.ts";

export interface LogOptions {
  readonly runtime: Runtime;
  readonly logLevel?: LogLevel;
  readonly logSink?: LogSink;
}

export interface LogParts {
  readonly stack: AsyncDisposableStack;
  readonly feed: LogSink;
}

/** A line a server wrote beside the protocol, for those who follow the log: the file keeps what the hub says itself. */
export const lineRecord = (server: string, { at, stream, text }: ServerLogLine): LogRecord => ({
  at: new Date(at).toISOString(),
  level: stream === "hub" ? "debug" : "warn",
  area: "servers",
  message: `${server} ${stream}: ${text}`,
  server,
});

/** The log file always, and whatever sink the command adds; the level follows the configuration unless the command sets it. */
export function openLog(
  { runtime, logLevel, logSink }: LogOptions,
  { stack, feed }: LogParts,
): { log: Log; setLevel(level: LogLevel): void } {
  let level: LogLevel = "info";
  const file = stack.use(createFileSink({ directory: join(pathsOf(runtime).state, "logs"), runtime }));
  const sinks = logSink ? [file.sink, feed, logSink] : [file.sink, feed];
  return {
    log: createLog({ clock: runtime.clock, level: () => logLevel ?? level, sinks }),
    setLevel(next) {
      level = next;
    },
  };
}
