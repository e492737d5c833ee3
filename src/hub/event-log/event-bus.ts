import { z } from "zod";
import { HubError } from "../kernel/errors.ts";
import type { EventDefinition, HubEvent } from "../kernel/event.ts";
import type { Log } from "../kernel/log.ts";
import { defaultTenant } from "../kernel/principal.ts";
import { redact } from "../kernel/redact.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { Store } from "../store/store.ts";
import { matcherOf, type EventFilter } from "./event-filter.ts";
import { namesOf, type EventDefinitions } from "./event-names.ts";
import { createEventWriter, readEvents, type NewEvent } from "./event-store.ts";
import { createSubscribers, type EventListener } from "./event-subscribers.ts";
import { streamEvents, type StreamOptions } from "./event-stream.ts";

/** What has happened, told to whoever listens and kept for whoever asks later. */
export interface EventBus {
  /** Stores an event and tells it to the subscribers, in the order of publishing; throws when the data does not fit. */
  publish<T extends z.ZodType>(definition: EventDefinition<T>, data: z.input<T>, options?: PublishOptions): void;
  subscribe(filter: EventFilter, listener: EventListener): Disposable;
  /** Events of this hub behind an id, oldest first; without an id the newest ones. */
  since(after: number | undefined, filter: EventFilter, limit: number): Promise<HubEvent[]>;
  /** Every event behind `after`, the stored ones first and then as they come, none twice and none left out. */
  stream(options: StreamOptions): AsyncIterableIterator<HubEvent>;
  /** When everything published so far is stored and told. */
  settled(): Promise<void>;
  dropped(): DroppedEvents;
}

export interface PublishOptions {
  readonly tenant?: string;
  /** One of many of its kind: it is stored and told at the end of this turn of the event loop, together with others. */
  readonly soon?: boolean;
}

/** Events that went missing somewhere since the bus was made. */
export interface DroppedEvents {
  /** They could not be written to the log. */
  readonly unstored: number;
  /** They were too many for a slow reader, who reads them from the log instead. */
  readonly overflow: number;
}

export interface EventBusOptions {
  readonly definitions: EventDefinitions;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Which hub this is, among those that share the store. */
  readonly hub: string;
}

export function createEventBus({ definitions, store, clock, log, hub }: EventBusOptions): EventBus {
  const names = namesOf(definitions);
  const writer = createEventWriter(store);
  const subscribers = createSubscribers(log);
  const dropped = { unstored: 0, overflow: 0 };
  let lastId = 0;

  const deliver = (id: number, event: NewEvent, data: unknown) => {
    lastId = id;
    subscribers.tell({
      id,
      type: event.type,
      v: event.v,
      level: event.level as HubEvent["level"],
      at: event.at,
      tenant: event.tenant_id,
      data,
    });
  };
  // An event that cannot be stored is told all the same, under the id before it: who resumes there misses nothing that is stored.
  const deliverUnstored = (cause: unknown, event: NewEvent, data: unknown) => {
    dropped.unstored += 1;
    log.error("an event could not be stored", { type: event.type, cause });
    deliver(lastId, event, data);
  };

  const since: EventBus["since"] = (after, filter, limit) => readEvents(store.db, { hub, filter, after, limit });
  const subscribe: EventBus["subscribe"] = (filter, listener) => subscribers.subscribe(matcherOf(filter), listener);
  return {
    publish(definition, input, { tenant = defaultTenant, soon = false } = {}) {
      const type = names.get(definition);
      if (!type) throw new HubError("INTERNAL", `An event was published that no area declares: ${definition.summary}`);
      const data = redact(parsed(type, definition, input));
      const { version: v, level } = definition;
      const event: NewEvent = { hub, type, v, level, at: clock.now(), tenant_id: tenant, data_json: JSON.stringify(data) ?? "null" };
      try {
        const id = soon ? writer.appendSoon(event) : writer.append(event);
        if (typeof id === "number") deliver(id, event, data);
        else id.then((later) => deliver(later, event, data)).catch((cause: unknown) => deliverUnstored(cause, event, data));
      } catch (cause) {
        deliverUnstored(cause, event, data);
      }
    },
    subscribe,
    since,
    stream: (options) => streamEvents({ subscribe, since, overflowed: (count) => (dropped.overflow += count) }, options),
    settled: () => writer.settled(),
    dropped: () => ({ ...dropped }),
  };
}

function parsed<T extends z.ZodType>(type: string, { data }: EventDefinition<T>, input: unknown): z.output<T> {
  const result = data.safeParse(input);
  if (result.success) return result.data;
  throw new HubError("INTERNAL", `The data of ${type} does not fit its schema: ${z.prettifyError(result.error)}`, { cause: result.error });
}
