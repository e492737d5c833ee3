import type { HubEvent } from "../kernel/event.ts";
import { HubError } from "../kernel/errors.ts";
import type { Clock } from "../kernel/runtime.ts";
import { clientError, errorOf, hubHeaders, hubInit, type RemoteHub } from "./remote-hub.ts";
import { restPrefix } from "./rest-surface.ts";
import { readSse } from "./sse-parse.ts";

export interface RemoteEventsOptions extends RemoteHub {
  /** The last event already seen; without it only what happens from now on comes. */
  readonly after?: number;
  /** `servers.*`, `catalog.changed`; everything when left out. */
  readonly types?: readonly string[];
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** Three heartbeats of the hub: a connection that is silent for longer is dead, whatever TCP thinks. */
const silenceMs = 30_000;

/** The events of another process's hub, without gap or repetition over reconnects; ends when the signal aborts. */
export async function* remoteEvents(options: RemoteEventsOptions): AsyncGenerator<HubEvent> {
  const { signal, clock } = options;
  let after = options.after;
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const event of connection(options, after)) {
        after = event.id;
        failures = 0;
        yield event;
      }
    } catch (cause) {
      const error = clientError(cause, options, signal);
      if (!signal.aborted && !error.row.retryable) throw error;
    }
    await clock.sleep(Math.min(firstPauseMs * 2 ** failures++, longestPauseMs), signal).catch(() => undefined);
  }
}

/** One connection, until it ends, fails or falls silent. */
async function* connection(options: RemoteEventsOptions, after: number | undefined): AsyncGenerator<HubEvent> {
  using watch = watchSilence(options);
  const url = new URL(`${options.base}${restPrefix}/events/stream`);
  if (options.types) url.searchParams.set("types", options.types.join(","));
  const headers = { ...hubHeaders(options), accept: "text/event-stream", ...(after !== undefined && { "last-event-id": String(after) }) };
  const response = await options.fetch(url, hubInit(options, { headers, signal: watch.signal }));
  if (!response.ok) throw await errorOf(response, options);
  for await (const { data } of readSse(watch.over(response.body ?? new ReadableStream()))) yield JSON.parse(data) as HubEvent;
}

interface SilenceWatch extends Disposable {
  readonly signal: AbortSignal;
  over(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
}

function watchSilence({ clock, signal }: RemoteEventsOptions): SilenceWatch {
  const silent = new AbortController();
  const start = () => clock.after(silenceMs, () => silent.abort(new HubError("UPSTREAM_UNAVAILABLE", "The hub fell silent")));
  let timer = start();
  return {
    signal: AbortSignal.any([signal, silent.signal]),
    async *over(body) {
      for await (const chunk of body) {
        timer[Symbol.dispose]();
        timer = start();
        yield chunk;
      }
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
