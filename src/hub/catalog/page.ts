export interface PageOptions<T, S> {
  readonly limit: number;
  readonly cursor: string | undefined;
  /** Unique, and what the list is ordered by. */
  readonly key: (item: T) => string;
  readonly show: (item: T) => S;
}

/** One page of an ordered list; the cursor is the key of the last row, so a page stays right when rows come and go. */
export function pageBy<T, S>(items: readonly T[], { limit, cursor, key, show }: PageOptions<T, S>): { items: S[]; nextCursor?: string } {
  const rest = cursor === undefined ? items : items.filter((item) => key(item) > cursor);
  const page = rest.slice(0, limit);
  return { items: page.map(show), ...(rest.length > limit && { nextCursor: key(page.at(-1)!) }) };
}
