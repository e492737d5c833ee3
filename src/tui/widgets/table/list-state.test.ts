import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { listStart, move, settle, type ListMove } from "./list-state.ts";

const rows = (count: number, height = 10) => ({ ids: Array.from({ length: count }, (_, i) => `s${i}`), height });

describe("list state", () => {
  test("selects the first row of a list that just came", () => {
    expect(settle(listStart, rows(3))).toEqual({ selected: "s0", index: 0, top: 0 });
  });

  test("keeps the selected id, and its place on the screen, when rows come before it", () => {
    const before = move(settle(listStart, rows(100)), 20, rows(100));
    const after = settle(before, { ids: ["new1", "new2", ...rows(100).ids], height: 10 });
    expect(after.selected).toBe("s20");
    expect(after.index - after.top).toBe(before.index - before.top);
  });

  test("takes a neighbour when the selected row goes", () => {
    const last = move(settle(listStart, rows(300)), "last", rows(300));
    expect(settle(last, rows(100))).toEqual({ selected: "s99", index: 99, top: 90 });
  });

  test("the selection is always on the screen and the screen always full", () => {
    const moves = fc.array(fc.oneof(fc.integer({ min: -30, max: 30 }), fc.constantFrom("first" as const, "last" as const)));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), moves, (length, height, steps: ListMove[]) => {
        let state = settle(listStart, rows(length, height));
        for (const step of steps) state = move(state, step, rows(length, height));
        expect(state.index).toBeGreaterThanOrEqual(state.top);
        expect(state.index).toBeLessThan(state.top + height);
        expect(state.top).toBeLessThanOrEqual(Math.max(0, length - height));
      }),
    );
  });
});
