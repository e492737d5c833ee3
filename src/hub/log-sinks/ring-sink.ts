import type { LogRecord, LogSink } from "../kernel/log.ts";

export interface RingSink {
  readonly sink: LogSink;
  /** What is kept, oldest first. */
  records(): readonly LogRecord[];
}

/** Keeps the newest records in memory, for the dashboard and `hubctl doctor`. */
export function createRingSink(size = 1000): RingSink {
  const ring: LogRecord[] = [];
  let next = 0;
  return {
    sink(record) {
      ring[next] = record;
      next = (next + 1) % size;
    },
    records: () => [...ring.slice(next), ...ring.slice(0, next)],
  };
}
