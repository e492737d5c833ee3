import type { HubEvent } from "../kernel/event.ts";
import type { Log } from "../kernel/log.ts";

export type EventListener = (event: HubEvent) => void;

export interface Subscribers {
  subscribe(matches: (event: HubEvent) => boolean, listener: EventListener): Disposable;
  tell(event: HubEvent): void;
}

/** Makes the list of those who listen. One that throws is logged, and the others hear the event all the same. */
export function createSubscribers(log: Log): Subscribers {
  const subscribers = new Set<{ readonly matches: (event: HubEvent) => boolean; readonly listener: EventListener }>();
  const untold: HubEvent[] = [];
  let isTelling = false;

  const tellOne = (event: HubEvent) => {
    for (const { matches, listener } of subscribers)
      try {
        if (matches(event)) listener(event);
      } catch (cause) {
        log.error("a subscriber failed at an event", { type: event.type, id: event.id, cause });
      }
  };

  return {
    subscribe(matches, listener) {
      const subscriber = { matches, listener };
      subscribers.add(subscriber);
      return { [Symbol.dispose]: () => void subscribers.delete(subscriber) };
    },
    // A listener may publish: what it publishes is told when everybody has heard the event it listens to.
    tell(event) {
      untold.push(event);
      if (isTelling) return;
      isTelling = true;
      for (let next = untold.shift(); next; next = untold.shift()) tellOne(next);
      isTelling = false;
    },
  };
}
