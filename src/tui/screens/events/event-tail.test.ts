import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { FeedItem } from "#tui/client/event-feed.ts";
import { Ring } from "#tui/client/ring.ts";
import { parseFilter } from "#tui/filter/parse-filter.ts";
import { EventTail } from "./event-tail.ts";

function tailOf(capacity = 100) {
  const ring = new Ring<FeedItem>(capacity);
  const tail = new EventTail(ring);
  let id = 0;
  const emit = (type = "a.b", times = 1) => {
    for (let i = 0; i < times; i++)
      ring.push({ kind: "event", event: { id: ++id, type, v: 1, level: "info", at: id, tenant: "default", data: {} } });
    tail.catchUp();
  };
  const ids = () =>
    Array.from({ length: tail.length }, (_, i) => tail.itemAt(i)).map((item) => (item?.kind === "event" ? item.event.id : undefined));
  return { ring, tail, emit, ids };
}

const terms = (text: string) => parseFilter(text).terms!;

describe("EventTail", () => {
  test("follows the newest until it is paused, then only counts", () => {
    const { tail, emit, ids } = tailOf();
    emit("a.b", 3);
    expect(tail.selectedIndex).toBe(2);
    tail.pause(0);
    emit("a.b", 2);
    expect([ids(), tail.newer]).toEqual([[1, 2, 3], 2]);
    tail.follow();
    expect([ids(), tail.newer, tail.isFollowing]).toEqual([[1, 2, 3, 4, 5], 0, true]);
  });

  test("a step up pauses, so that scrolling never fights following", () => {
    const { tail, emit } = tailOf();
    emit("a.b", 5);
    tail.move(-2, 0);
    expect([tail.isFollowing, tail.selectedIndex]).toEqual([false, 2]);
  });

  test("the filter applies to what is there and to what comes", () => {
    const { tail, emit, ids } = tailOf();
    emit("a.b");
    emit("c.d");
    tail.setFilter(terms("type:c.d"));
    emit("a.b");
    emit("c.d");
    expect(ids()).toEqual([2, 4]);
    tail.setFilter(terms(""));
    expect(ids()).toEqual([1, 2, 3, 4]);
  });

  test("shows what is in the ring, whatever happens", () => {
    const step = fc.oneof(
      fc.record({ emit: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ move: fc.integer({ min: -5, max: 5 }) }),
      fc.constantFrom({ pause: true as const }, { follow: true as const }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { ring, tail, emit } = tailOf(20);
        for (const now of steps) {
          if ("emit" in now) emit("a.b", now.emit);
          else if ("move" in now) tail.move(now.move, 0);
          else if ("pause" in now) tail.pause(0);
          else tail.follow();
          expect(tail.length).toBeLessThanOrEqual(ring.size);
          for (let i = 0; i < tail.length; i++) expect(tail.itemAt(i)).toBeDefined();
          if (tail.length > 0) expect(tail.selected).toBeDefined();
        }
      }),
    );
  });
});
