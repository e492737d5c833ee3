import { z } from "zod";

/** The inputs of every operation that lists: a page size and where the last page ended. */
export const pageInput = {
  limit: z.int().min(1).max(1000).default(100).describe("Most rows to return"),
  cursor: z.string().optional().describe("nextCursor of the page before"),
};

/** The form of every list: rows, and a cursor while more follow. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().optional() });
