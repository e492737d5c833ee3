import { useContext, useEffect, useReducer } from "react";
import { useClient } from "#tui/client/client-context.tsx";
import { useEvents, usePulse } from "#tui/client/use-events.ts";
import { useFilter } from "#tui/filter/use-filter.ts";
import { cell } from "#tui/text/cell.ts";
import type { KeyLayer } from "#tui/keys/key-router.ts";
import { usePainter } from "#tui/layout/region.tsx";
import { MemoryContext } from "#tui/state/remembered.ts";
import { EventTail } from "./event-tail.ts";

/** The tail of events and the keys that steer it; painted ten times a second while events come, at once for keys. */
export function useEventTail(height: number) {
  const filter = useFilter("events", true);
  const pulse = usePulse();
  const { feed, clock } = useClient();
  const painter = usePainter();
  const memory = useContext(MemoryContext);
  const [, rerender] = useReducer((version: number) => version + 1, 0);
  let tail = memory.get<EventTail | undefined>("session.events.tail", undefined);
  if (!tail) memory.set("session.events.tail", (tail = new EventTail(feed.ring)));
  tail.setFilter(filter.terms);
  const current = tail;
  useEffect(() => {
    current.catchUp();
    painter.requestSoon();
  }, [current, painter]);
  useEvents(() => painter.requestSoon());

  const move = (by: number | "first" | "last") => () => {
    current.move(by, clock.now());
    rerender();
  };
  const half = Math.max(1, Math.floor(height / 2));
  const actions: KeyLayer["actions"] = {
    "stream.pause": () => {
      if (current.isFollowing) current.pause(clock.now());
      else current.follow();
      rerender();
    },
    "stream.follow": move("last"),
    "list.down": move(1),
    "list.up": move(-1),
    "list.first": move("first"),
    "list.pageDown": move(half),
    "list.pageUp": move(-half),
  };
  const quiet = pulse.is === "live" ? "Connected. No events yet" : "Waiting for the hub …";
  return { tail: current, filter, actions, notice: filter.text ? `Nothing matches "${cell(filter.text)}". Esc clears` : quiet };
}
