import type { Listing } from "./listing.ts";

export const sorts = ["newest", "stars", "name"] as const;

export interface SearchQuery {
  /** Every word must occur somewhere in the entry. */
  readonly words?: string;
  readonly category?: string;
  /** Every one of them. */
  readonly tags?: readonly string[];
  readonly sort?: (typeof sorts)[number];
}

/** The listings that fit; without a sort the ones whose name fits best come first. */
export function searchListings(all: readonly Listing[], { words = "", category, tags = [], sort }: SearchQuery): Listing[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter(
    (listing) =>
      (category === undefined || listing.category === category.toLowerCase()) &&
      tags.every((tag) => listing.tags.includes(tag.toLowerCase())) &&
      wanted.every((word) => fits(listing, word)),
  );
  if (sort === undefined && wanted.length > 0) {
    const scores = new Map(found.map((listing) => [listing, score(listing, wanted)]));
    return found.toSorted((a, b) => scores.get(b)! - scores.get(a)! || byName(a, b));
  }
  return found.toSorted(orders[sort ?? "newest"]);
}

const fits = ({ name, title, description, tags, category }: Listing, word: string) =>
  [name, title, description, category, ...tags].some((text) => text.toLowerCase().includes(word));

/** A whole name beats the start of one, that beats a part, and all of them beat the description. */
function score({ name, title, tags, status }: Listing, words: readonly string[]): number {
  const own = name.split("/")[1]!.toLowerCase();
  const each = words.map((word) => {
    if (own === word || title.toLowerCase() === word) return 8;
    if (own.startsWith(word) || title.toLowerCase().startsWith(word)) return 4;
    if (own.includes(word) || title.toLowerCase().includes(word)) return 2;
    return tags.includes(word) ? 1 : 0;
  });
  return each.reduce<number>((sum, one) => sum + one, 0) - (status === "deprecated" ? 4 : 0);
}

const byName = (a: Listing, b: Listing) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

const orders: Record<(typeof sorts)[number], (a: Listing, b: Listing) => number> = {
  newest: (a, b) => b.updatedAt - a.updatedAt || byName(a, b),
  stars: (a, b) => (b.stars ?? 0) - (a.stars ?? 0) || byName(a, b),
  name: (a, b) => a.title.localeCompare(b.title, "en") || byName(a, b),
};
