import type { z } from "zod";

/** What has happened, declared once: the version grows when a field changes its meaning, never when one is added. */
export interface EventDefinition<T extends z.ZodType = z.ZodType> {
  readonly version: number;
  readonly summary: string;
  /** How loud it is in a list of events. */
  readonly level: EventLevel;
  readonly data: T;
}

export const eventLevels = ["debug", "info", "warn", "error"] as const;
export type EventLevel = (typeof eventLevels)[number];

/** Declares an event; its name is `<area>.<export name in snake case>`, made by `events.ts`. */
export const defineEvent = <T extends z.ZodType>(definition: EventDefinition<T>): EventDefinition<T> => definition;

/** The envelope every sink gets. `id` is a monotonic integer of the store, `at` epoch ms. */
export interface HubEvent<Type extends string = string, Data = unknown> {
  readonly id: number;
  readonly type: Type;
  readonly v: number;
  readonly level: EventLevel;
  readonly at: number;
  readonly tenant: string;
  readonly data: Data;
}
