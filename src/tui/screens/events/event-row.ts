import type { HubEvent } from "#hub/kernel/event.ts";
import type { Searchable } from "#tui/filter/match-filter.ts";
import { cell, fit } from "#tui/text/cell.ts";
import { clockTime, duration } from "#tui/text/quantity.ts";
import type { Theme } from "#tui/theme.ts";

/** The parts of an event a row shows, made once per event. */
interface EventParts {
  readonly subject: string;
  readonly ms: number | undefined;
  readonly rest: string;
  readonly search: Searchable;
}

const made = new WeakMap<HubEvent, EventParts>();

function partsOf(event: HubEvent): EventParts {
  const known = made.get(event);
  if (known) return known;
  const data = typeof event.data === "object" && event.data !== null ? (event.data as Record<string, unknown>) : {};
  const subject =
    [data["target"], data["name"], data["source"], data["id"]].find((value): value is string => typeof value === "string") ?? "";
  const ms = typeof data["ms"] === "number" ? data["ms"] : undefined;
  const rest = Object.entries(data)
    .filter(([key, value]) => key !== "ms" && value !== subject && value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
  const parts: EventParts = {
    subject: cell(subject),
    ms,
    rest: cell(rest),
    search: {
      text: `${event.type} ${event.level} ${subject} ${rest}`.toLowerCase(),
      fields: {
        type: event.type,
        level: event.level,
        tenant: event.tenant,
        server: subject.split(".")[0],
        tool: subject,
        ms,
        id: event.id,
      },
    },
  };
  made.set(event, parts);
  return parts;
}

export const searchEvent = (event: HubEvent): Searchable => partsOf(event).search;

export interface EventRowOptions {
  readonly theme: Theme;
  readonly columns: number;
  /** Time of day, or how long ago as of then. */
  readonly agoFrom: number | undefined;
}

/** One event in one line: when, how loud, what, about whom, how long, the rest. */
export function eventRow(event: HubEvent, { theme, columns, agoFrom }: EventRowOptions): string {
  const { subject, ms, rest } = partsOf(event);
  const paint = { debug: theme.muted, info: (text: string) => text, warn: theme.warn, error: theme.bad }[event.level];
  const isNarrow = columns < 100;
  const time = agoFrom === undefined ? clockTime(event.at, true) : fit(duration(Math.max(0, agoFrom - event.at)), 12, "right");
  const took = ms === undefined ? "" : duration(ms);
  return fit(
    `${theme.muted(time)} ${paint(fit(event.level, 5))} ${fit(event.type, isNarrow ? 20 : 24)} ${fit(subject, isNarrow ? 14 : 26)} ${fit(took, 6, "right")} ${theme.muted(rest)}`,
    columns,
  );
}
