import { HubError } from "../kernel/errors.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { Exchange } from "./exchange.ts";

export interface SseMessage {
  readonly event: string;
  readonly id?: string;
  /** Sent as JSON on one line. */
  readonly data: unknown;
}

export interface SseOptions {
  readonly clock: Clock;
  readonly exchange: Exchange;
  readonly heartbeatMs: number;
  readonly log: { error(message: string, fields?: Record<string, unknown>): void };
}

/** What may wait in the socket's buffer before the source is asked for no more. */
const bufferBytes = 64 * 1024;
const text = new TextEncoder();
const heartbeat = text.encode(": heartbeat\n\n");

/**
 * Streams messages as server-sent events. The source's signal aborts when the caller leaves; a caller that does not
 * read makes the source wait, so nothing piles up here.
 */
export function sseResponse(source: (signal: AbortSignal) => AsyncIterable<SseMessage>, options: SseOptions): Response {
  options.exchange.keepOpen();
  const left = new AbortController();
  const room = createGate();
  const stop = () => {
    left.abort();
    room.open();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        controller.enqueue(text.encode(": open\n\n"));
        void pump(controller, source(left.signal), { ...options, room, left: left.signal });
      },
      pull: () => room.open(),
      cancel: stop,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: bufferBytes }),
  );
  return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" } });
}

interface PumpOptions extends SseOptions {
  readonly room: Gate;
  readonly left: AbortSignal;
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

async function pump(
  controller: Controller,
  messages: AsyncIterable<SseMessage>,
  { clock, heartbeatMs, log, room, left, exchange }: PumpOptions,
): Promise<void> {
  using _ = clock.every(heartbeatMs, () => {
    if ((controller.desiredSize ?? 0) > 0) controller.enqueue(heartbeat);
  });
  try {
    for await (const message of messages) {
      if (left.aborted) return;
      controller.enqueue(text.encode(sseText(message)));
      if ((controller.desiredSize ?? 0) <= 0) await room.wait();
    }
  } catch (cause) {
    if (HubError.from(cause).code !== "CANCELLED")
      log.error("A stream ended with an error", { requestId: exchange.requestId, error: cause });
  } finally {
    if (!left.aborted) controller.close();
  }
}

/** JSON has no raw line breaks, so one `data` line always does; an id or event name with one would end the event early. */
export function sseText({ event, id, data }: SseMessage): string {
  const line = (name: string, value: string) => `${name}: ${value.replace(/[\r\n\0]/g, "")}\n`;
  return `${id === undefined ? "" : line("id", id)}${line("event", event)}data: ${JSON.stringify(data)}\n\n`;
}

interface Gate {
  wait(): Promise<void>;
  open(): void;
}

function createGate(): Gate {
  let waiting: (() => void) | undefined;
  return {
    wait: () => new Promise((resolve) => (waiting = resolve)),
    open: () => {
      waiting?.();
      waiting = undefined;
    },
  };
}
