import { useState } from "react";
import type { KeyLayer } from "#tui/keys/key-router.ts";

/** Scrolling of a text that is taller than its pane. With `follow` it stays at the end until somebody scrolls up. */
export function useScroll(length: number, height: number, follow = false) {
  const lowest = Math.max(0, length - height);
  const [offset, setOffset] = useState<number | "end">(follow ? "end" : 0);
  const top = offset === "end" ? lowest : Math.min(offset, lowest);
  const to = (next: number) => () => setOffset(follow && next >= lowest ? "end" : Math.max(0, Math.min(lowest, next)));
  const half = Math.max(1, Math.floor(height / 2));
  return {
    top,
    isAtEnd: top >= lowest,
    actions: {
      "list.down": to(top + 1),
      "list.up": to(top - 1),
      "list.first": to(0),
      "list.last": to(lowest),
      "list.pageDown": to(top + half),
      "list.pageUp": to(top - half),
    } satisfies KeyLayer["actions"],
  };
}
