import type { EventDefinition } from "../kernel/event.ts";

/** All events of the hub, by area and export name. */
export type EventDefinitions = Readonly<Record<string, Readonly<Record<string, EventDefinition>>>>;

/** Names of all events: `{ servers: { stateChanged } }` gives `servers.state_changed`. */
export function namesOf(definitions: EventDefinitions): Map<EventDefinition, string> {
  return new Map(
    Object.entries(definitions).flatMap(([area, events]) =>
      Object.entries(events).map(([key, definition]) => [definition, `${area}.${snakeCase(key)}`] as const),
    ),
  );
}

const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
