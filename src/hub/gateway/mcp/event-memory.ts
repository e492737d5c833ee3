import type { EventStore, JSONRPCMessage } from "@modelcontextprotocol/server";

const kept = 256;

/** The last messages of a session's streams, so that a client that lost one can ask for the rest by `Last-Event-ID`. */
export function createEventMemory(): EventStore {
  const events: { id: string; stream: string; message: JSONRPCMessage }[] = [];
  let last = 0;
  return {
    async storeEvent(stream, message) {
      const id = `${stream}_${++last}`;
      events.push({ id, stream, message });
      if (events.length > kept) events.shift();
      return id;
    },
    async getStreamIdForEventId(id) {
      return events.find((event) => event.id === id)?.stream;
    },
    async replayEventsAfter(id, { send }) {
      const at = events.findIndex((event) => event.id === id);
      const stream = events[at]?.stream ?? "";
      for (const event of events.slice(at + 1)) if (at >= 0 && event.stream === stream) await send(event.id, event.message);
      return stream;
    },
  };
}
