import type { HubEvent } from "../kernel/event.ts";
import type { EventFilter } from "./event-filter.ts";
import type { EventListener } from "./event-subscribers.ts";

export interface StreamOptions extends EventFilter {
  /** The last id the reader has seen; without it the stream begins now. */
  readonly after?: number;
  /** Ends the stream. */
  readonly signal: AbortSignal;
  /** How many events may wait for a slow reader before it is sent to the store for them. */
  readonly buffer?: number;
}

/** The two halves of the log: what comes, and what was. */
export interface StreamSource {
  readonly subscribe: (filter: EventFilter, listener: EventListener) => Disposable;
  readonly since: (after: number | undefined, filter: EventFilter, limit: number) => Promise<HubEvent[]>;
  /** Told how many events a slow reader is sent to the store for. */
  readonly overflowed?: (count: number) => void;
}

const pageSize = 500;

/**
 * Follows the log at the reader's pace. Events wait in a bounded buffer; when it is full they are dropped from memory and
 * read from the store once the reader has come so far, so a slow reader costs no memory and loses nothing that is kept.
 */
export function streamEvents(
  { subscribe, since, overflowed }: StreamSource,
  { after, signal, buffer = 1_000, ...filter }: StreamOptions,
): AsyncIterableIterator<HubEvent> {
  let cursor = after;
  let isBehind = after !== undefined;
  let waiting: HubEvent[] = [];
  let news = Promise.withResolvers<void>();

  const subscription = subscribe(filter, (event) => {
    if (isBehind) return;
    waiting.push(event);
    if (waiting.length > buffer) {
      cursor ??= waiting[0]!.id - 1;
      isBehind = true;
      overflowed?.(waiting.length);
      waiting = [];
    }
    news.resolve();
  });
  const end = () => {
    subscription[Symbol.dispose]();
    news.resolve();
  };
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();

  async function* replay() {
    // From here on events are collected again, so that none falls between the last page and the first one that waits.
    isBehind = false;
    for (;;) {
      const page = await since(cursor, filter, pageSize);
      for (const event of page) {
        cursor = event.id;
        yield event;
      }
      if (page.length < pageSize || isBehind || signal.aborted) return;
    }
  }

  async function* follow() {
    try {
      while (!signal.aborted) {
        if (isBehind) yield* replay();
        const event = waiting.shift();
        if (!event && !isBehind) {
          await news.promise;
          news = Promise.withResolvers();
        } else if (event && event.id > (cursor ?? -1)) {
          cursor = event.id;
          yield event;
        }
      }
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }
  return follow();
}
