import type { Filter } from "#tui/filter/use-filter.ts";
import type { Query } from "#tui/client/query-cache.ts";
import { cell } from "#tui/text/cell.ts";

export interface ListNoticeOptions {
  readonly what: string;
  readonly query: Query<unknown>;
  readonly filter: Filter;
  readonly total: number;
  readonly shown: number;
  readonly empty: string;
}

/** What stands in a list that shows no rows; undefined when it has some. */
export function listNotice({ what, query, filter, total, shown, empty }: ListNoticeOptions): string | undefined {
  if (shown > 0) return undefined;
  if (query.error && query.data === undefined) return `${cell(query.error.message)}${query.error.hint ? ` ${cell(query.error.hint)}` : ""}`;
  if (query.data === undefined) return `Loading ${what} …`;
  return total === 0 ? empty : `Nothing matches "${cell(filter.text)}". Esc clears`;
}
