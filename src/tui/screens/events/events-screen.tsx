import { useClient } from "#tui/client/client-context.tsx";
import { FilterBar } from "#tui/filter/filter-bar.tsx";
import { layerOrder } from "#tui/keys/key-router.ts";
import { useKeys } from "#tui/keys/use-keys.ts";
import { Pane, type PaneLook } from "#tui/layout/pane.tsx";
import { splitRows } from "#tui/layout/screen-layout.ts";
import { useTheme } from "#tui/layout/theme-context.ts";
import type { ScreenProps } from "#tui/screens/screen.ts";
import { useRemembered } from "#tui/state/remembered.ts";
import { cell, fit } from "#tui/text/cell.ts";
import { clockTime, count } from "#tui/text/quantity.ts";
import { sparkline } from "#tui/text/sparkline.ts";
import { JsonPane } from "#tui/widgets/json-view/json-pane.tsx";
import { eventRow } from "./event-row.ts";
import { useEventTail } from "./use-event-tail.ts";

/** Every event of the hub as it happens, and one of them in full. */
export function EventsScreen({ rect }: ScreenProps) {
  const theme = useTheme();
  const { feed, clock } = useClient();
  const [showsAgo, setShowsAgo] = useRemembered("events.ago", false);
  const [isDetailOpen, setDetailOpen] = useRemembered("session.events.detail", false);
  const [bar, body] = splitRows(rect, 1);
  const [top, bottom] = splitRows(body, isDetailOpen ? -Math.min(14, Math.floor(body.height / 2)) : body.height);
  const height = top.height - 2;
  const { tail, filter, actions, notice } = useEventTail(height);
  useKeys({
    order: layerOrder.screen,
    actions: {
      ...actions,
      "list.filter": filter.edit,
      "stream.detail": () => (tail.pause(clock.now()), setDetailOpen(true)),
      "stream.time": () => setShowsAgo(!showsAgo),
      ...(filter.text !== "" && { "app.back": filter.clear }),
    },
  });

  const line = (index: number) => {
    if (index === 0) tail.catchUp();
    const first = Math.max(0, Math.min(tail.selectedIndex - Math.floor(height / 2), tail.length - height));
    const at = (tail.isFollowing ? Math.max(0, tail.length - height) : first) + index;
    if (tail.length === 0) return index === 1 ? theme.muted(`  ${notice}`) : "";
    const item = tail.itemAt(at);
    if (!item) return "";
    if (item.kind === "gap") return theme.warn(`  ── ${count(item.missing)} events not received ──`);
    const row = eventRow(item.event, { theme, columns: top.width - 4, agoFrom: showsAgo ? clock.now() : undefined });
    if (tail.isFollowing || at !== tail.selectedIndex) return `  ${row}`;
    return theme.selected(fit(`${theme.glyph.cursor} ${Bun.stripANSI(row)}`, top.width - 2));
  };
  const look = (): PaneLook => ({
    title: tail.isFollowing
      ? `Events ${count(tail.length)} kept ${theme.glyph.dot} FOLLOW`
      : `Events ${count(tail.length)} kept ${theme.glyph.dot} PAUSED at ${clockTime(tail.pausedAt!)} ${theme.glyph.dot} ${count(tail.newer)} new below`,
    footer: tail.length ? `${count(tail.selectedIndex + 1)}/${count(tail.length)}` : "",
    isFocused: !isDetailOpen,
  });
  const selected = tail.selected;
  return (
    <>
      <FilterBar rect={bar} filter={filter} note={() => `${feed.rate()} ev/s ${sparkline(feed.rates().slice(-16), theme.glyph.spark)}`} />
      <Pane rect={top} look={look} line={line} />
      {isDetailOpen && (
        <JsonPane
          rect={bottom}
          title={selected?.kind === "event" ? `${cell(selected.event.type)} ${selected.event.id}` : "Detail"}
          value={selected?.kind === "event" ? selected.event : undefined}
          isFocused
          leave={() => setDetailOpen(false)}
        />
      )}
    </>
  );
}
