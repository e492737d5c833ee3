import type { LogRecord, LogSink } from "../kernel/log.ts";

/** Log records as they are written, for whoever follows them at the moment. */
export interface LogFeed {
  readonly sink: LogSink;
  subscribe(listener: (record: LogRecord) => void): Disposable;
}

export function createLogFeed(): LogFeed {
  const listeners = new Set<(record: LogRecord) => void>();
  return {
    sink(record) {
      for (const listener of listeners) listener(record);
    },
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
  };
}
