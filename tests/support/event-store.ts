import type { EventStore, JSONRPCMessage } from "@modelcontextprotocol/server";

/** Keeps what a session's streams carried, so a client that comes back with Last-Event-ID misses nothing. */
export function createEventStore(): EventStore {
  const events: { streamId: string; message: JSONRPCMessage }[] = [];
  const idOf = (index: number) => `event-${index}`;
  const indexOf = (id: string) => Number(id.slice("event-".length));
  return {
    storeEvent: async (streamId, message) => idOf(events.push({ streamId, message }) - 1),
    getStreamIdForEventId: async (id) => events[indexOf(id)]?.streamId,
    async replayEventsAfter(lastId, { send }) {
      const last = indexOf(lastId);
      const streamId = events[last]?.streamId ?? "";
      for (const [index, event] of events.entries())
        if (index > last && event.streamId === streamId) await send(idOf(index), event.message);
      return streamId;
    },
  };
}
