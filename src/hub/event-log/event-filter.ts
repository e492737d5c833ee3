import { eventLevels, type EventLevel, type HubEvent } from "../kernel/event.ts";

/** Which events somebody wants; what is left out does not narrow. */
export interface EventFilter {
  /** Globs over the type: `servers.*`. */
  readonly types?: readonly string[];
  /** This level and louder ones. */
  readonly level?: EventLevel;
  readonly tenant?: string;
}

/** Makes the test whether an event fits a filter, the same that `event-store.ts` makes in SQL. */
export function matcherOf({ types, level, tenant }: EventFilter): (event: HubEvent) => boolean {
  const patterns = types?.map(
    (glob) =>
      new RegExp(
        `^${glob
          .split("*")
          .map((text) => RegExp.escape(text))
          .join(".*")}$`,
        "i",
      ),
  );
  const levels = new Set(levelsFrom(level ?? "debug"));
  return (event) =>
    (tenant === undefined || event.tenant === tenant) &&
    levels.has(event.level) &&
    (patterns === undefined || patterns.some((pattern) => pattern.test(event.type)));
}

/** A level and those above it. */
export const levelsFrom = (level: EventLevel): EventLevel[] => eventLevels.slice(eventLevels.indexOf(level));

/** A LIKE pattern for a glob, to be used with `escape '\'`. */
export const likeOf = (glob: string): string => glob.replace(/[\\%_]/g, "\\$&").replaceAll("*", "%");
