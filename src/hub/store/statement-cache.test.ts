import { expect, test } from "bun:test";
import { createStatementCache } from "./statement-cache.ts";

test("the statement used longest ago makes room, kept ones stay, and all are finalized in the end", () => {
  const finalized: string[] = [];
  const prepared: string[] = [];
  const cache = createStatementCache((sql) => (prepared.push(sql), { sql, finalize: () => finalized.push(sql) }), 2);
  cache.keep("kept");
  const a = cache.recent("a");
  cache.recent("b");
  expect(cache.recent("a")).toBe(a);
  cache.recent("c");
  expect(finalized).toEqual(["b"]);
  expect(prepared).toEqual(["kept", "a", "b", "c"]);
  cache.finalizeAll();
  expect(finalized.toSorted()).toEqual(["a", "b", "c", "kept"]);
});
