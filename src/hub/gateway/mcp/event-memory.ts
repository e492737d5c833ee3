import type { EventStore, JSONRPCMessage } from "@modelcontextprotocol/server";
import { resultSize } from "../../catalog/result-size.ts";

const mostEvents = 256;
/** A thousand sessions may be open, most of them of clients that left without a word. */
const mostCharacters = 65_536;

/** The standalone stream, by the name the SDK's transport has for it. */
const standalone = "_GET_stream";

interface Kept {
  readonly id: string;
  readonly number: number;
  readonly stream: string;
  /** Undefined: it only says from where its stream can be resumed. */
  readonly message: JSONRPCMessage | undefined;
  readonly size: number;
}

export interface EventMemory extends EventStore {
  /** Marks where the standalone stream is now, so that a client can resume it before it has heard anything. */
  mark(): string;
}

/**
 * The last messages of a session's streams, so that a client that lost one can ask for the rest by `Last-Event-ID`.
 * An id is good for what followed it on its own stream, as long as all of that is kept; the newest message always is.
 */
export function createEventMemory(): EventMemory {
  let events: Kept[] = [];
  let size = 0;
  let last = 0;
  const find = (id: string) => events.find((event) => event.id === id);
  /** With what came before it on its stream: whoever resumed from there would miss it. */
  const forget = ({ stream, number }: Kept) => {
    events = events.filter((event) => event.stream !== stream || event.number > number);
    size = events.reduce((sum, event) => sum + event.size, 0);
  };
  const add = (stream: string, message: JSONRPCMessage | undefined) => {
    const number = ++last;
    const event = { id: `${stream}_${number}`, number, stream, message, size: message ? resultSize(message, mostCharacters) : 0 };
    events.push(event);
    size += event.size;
    if (events.length > mostEvents) size -= events.shift()!.size;
    while (size > mostCharacters) {
      const oldest = events.find((kept) => kept.size > 0);
      if (!oldest || oldest === event) break;
      forget(oldest);
    }
    return event.id;
  };
  return {
    mark: () => add(standalone, undefined),
    // The SDK stores the event that a stream begins with as a message without content.
    storeEvent: async (stream, message) => add(stream, "jsonrpc" in message ? message : undefined),
    getStreamIdForEventId: async (id) => find(id)?.stream,
    // All at once: what was said between the last of these and the answer would be neither replayed nor sent.
    async replayEventsAfter(from, { send }) {
      const { stream = "", number = last } = find(from) ?? {};
      for (const event of events) if (event.message && event.stream === stream && event.number > number) void send(event.id, event.message);
      return stream;
    },
  };
}
