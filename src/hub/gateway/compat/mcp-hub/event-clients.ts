import type { Clock, Random } from "../../../kernel/runtime.ts";
import type { Exchange } from "../../exchange.ts";
import { sseText } from "../../sse.ts";

/** mcp-hub's events, by name. */
export type EventName = "heartbeat" | "hub_state" | "log" | "subscription_event";

export type Send = (event: EventName, data: Readonly<Record<string, unknown>>) => void;

export interface ClientSummary {
  readonly id: string;
  readonly state: "connected";
  readonly connectedAt: string;
  readonly lastEventAt: string;
}

export interface EventClients {
  /** Answers with a stream of all that is sent from now on; `greet` may send to the newcomer alone. */
  open(exchange: Exchange, greet: (send: Send) => void): Response;
  readonly send: Send;
  count(): number;
  summaries(): ClientSummary[];
  /** Ends all streams in order. */
  end(): void;
}

export interface ClientsDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Disposed of when the client has left. */
  readonly follow: () => Disposable;
}

interface Client {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly following: Disposable;
  readonly connectedAt: number;
  lastEventAt: number;
}

const headers = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
  connection: "keep-alive",
  "x-accel-buffering": "no",
};
/** A client that reads nothing any more is let go before it fills the memory. */
const mostUnread = 4 * 1024 * 1024;
const text = new TextEncoder();

/**
 * Clients of `GET /api/events`. Their parsers know `event: X`, one `data:` line and an empty line, and drop an event with
 * anything else in it: no comments, no ids.
 */
export function createEventClients({ clock, random, follow }: ClientsDeps): EventClients {
  const clients = new Map<string, Client>();
  const drop = (id: string) => {
    const client = clients.get(id);
    clients.delete(id);
    client?.following[Symbol.dispose]();
    return client;
  };
  const close = (id: string) => {
    try {
      drop(id)?.controller.close();
    } catch {
      // It has left already.
    }
  };
  const sendTo =
    (chosen: () => Iterable<string>): Send =>
    (event, data) => {
      const now = clock.now();
      const frame = text.encode(sseText({ event, data: { ...data, timestamp: new Date(now).toISOString() } }));
      for (const id of chosen()) {
        const client = clients.get(id)!;
        if ((client.controller.desiredSize ?? 0) < -mostUnread) close(id);
        else {
          client.controller.enqueue(frame);
          client.lastEventAt = now;
        }
      }
    };
  return {
    open(exchange, greet) {
      exchange.keepOpen();
      const id = random.id();
      const body = new ReadableStream<Uint8Array>(
        {
          start(controller) {
            clients.set(id, { controller, following: follow(), connectedAt: clock.now(), lastEventAt: clock.now() });
            greet(sendTo(() => [id]));
          },
          cancel: () => void drop(id),
        },
        new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
      );
      return new Response(body, { headers });
    },
    send: sendTo(() => [...clients.keys()]),
    count: () => clients.size,
    summaries: () =>
      [...clients].map(([id, { connectedAt, lastEventAt }]) => ({
        id,
        state: "connected",
        connectedAt: new Date(connectedAt).toISOString(),
        lastEventAt: new Date(lastEventAt).toISOString(),
      })),
    end() {
      for (const id of clients.keys()) close(id);
    },
  };
}
