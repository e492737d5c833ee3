import type { Clock } from "./runtime.ts";
import { redact } from "./redact.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** One line of the log: fixed keys first, then whatever the writer adds, secrets already taken out. */
export interface LogRecord {
  readonly at: string;
  readonly level: LogLevel;
  readonly area: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export type LogSink = (record: LogRecord) => void;

/** What a writer adds to a record; a function where it costs something and the record may not be kept. */
export type LogFields = Record<string, unknown> | (() => Record<string, unknown>);

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  /** The same log under another area name. */
  area(name: string): Log;
}

export interface LogOptions {
  readonly clock: Clock;
  /** The least level that is kept; asked for each record where it may change. */
  readonly level: LogLevel | (() => LogLevel);
  readonly sinks: readonly LogSink[];
}

/** Makes a log over its sinks; records below the level cost one comparison. */
export function createLog({ clock, level, sinks }: LogOptions, area = "hub"): Log {
  const floor = typeof level === "function" ? () => logLevels.indexOf(level()) : constant(logLevels.indexOf(level));
  const at =
    (name: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (logLevels.indexOf(name) < floor()) return;
      const record = redact({
        at: new Date(clock.now()).toISOString(),
        level: name,
        area,
        message,
        ...plain(typeof fields === "function" ? fields() : fields),
      }) as LogRecord;
      for (const sink of sinks) sink(record);
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    area: (name) => createLog({ clock, level, sinks }, name),
  };
}

const constant = (value: number) => () => value;

/** A log that nobody reads, for tests and one-off commands. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, area: () => silentLog };

/** Errors have no own enumerable fields, so JSON would print `{}`. */
function plain(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? errorFields(value) : value]));
}

function errorFields(error: Error): Record<string, unknown> {
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause instanceof Error && { cause: errorFields(error.cause) }),
  };
}
