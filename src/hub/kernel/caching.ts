import { z } from "zod";

/** How long, and for whom, a list may be kept (2026-07-28, caching); older servers do not say. */
export const Caching = z.object({ ttlMs: z.number().min(0), cacheScope: z.enum(["public", "private"]) });
export type Caching = z.infer<typeof Caching>;

export const neverKept: Caching = { ttlMs: 0, cacheScope: "private" };

/** What holds for several lists together: the shortest time, and for everybody only where all say so. */
export const pessimistic = (all: readonly Caching[]): Caching => ({
  ttlMs: all.length === 0 ? 0 : Math.min(...all.map(({ ttlMs }) => ttlMs)),
  cacheScope: all.length > 0 && all.every(({ cacheScope }) => cacheScope === "public") ? "public" : "private",
});
