import { expect, test } from "bun:test";
import fc from "fast-check";
import { listPage } from "./list-page.ts";

const names = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `tool-${from + index}`);
const own = (name: string) => name;

/** Follows the cursors; `between` may change the list before each next page. */
function readAll(list: string[], between: (list: string[], pages: number) => string[] = (same) => same): string[] {
  const read: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; ; pages++) {
    const page = listPage(list, own, cursor);
    read.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === undefined) return read;
    list = between(list, pages);
  }
}

test("a list of usual length is one page, without a cursor", () => {
  expect(listPage(names(1_000), own, undefined)).toEqual({ items: names(1_000) });
  expect(listPage([], own, undefined)).toEqual({ items: [] });
});

test("a long one is read to its end, each item once", () => {
  fc.assert(fc.property(fc.integer({ min: 900, max: 4_100 }), (count) => expect(readAll(names(count))).toEqual(names(count))));
});

test("what is there all the time is read, whatever comes and goes meanwhile", () => {
  const list = names(2_500);
  expect(readAll(list, (now, pages) => (pages === 0 ? [...names(300, 90_000), ...now] : now))).toEqual(list);
  expect(readAll(list, (now, pages) => (pages === 0 ? now.slice(300) : now))).toEqual(list);
  expect(new Set(readAll(list, (now, pages) => (pages === 0 ? now.filter((name) => name !== "tool-999") : now)))).toEqual(new Set(list));
});

test("a cursor that is none of the hub's is an error", () => {
  const others = ["", "abc", "é", btoa("[1]"), btoa('["1","a"]'), btoa('[-1,"a"]'), btoa("null"), 7, null];
  for (const cursor of others) expect(() => listPage(names(3), own, cursor)).toThrow("none of the hub's");
  fc.assert(
    fc.property(fc.string(), (cursor) => {
      try {
        expect(listPage(names(3), own, cursor).items.length).toBeLessThanOrEqual(3);
      } catch (cause) {
        expect(cause).toMatchObject({ code: -32602 });
      }
    }),
  );
});
