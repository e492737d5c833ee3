import type { ServerSummary } from "#hub/servers/schema.ts";
import { useKeys } from "#tui/keys/use-keys.ts";
import { layerOrder } from "#tui/keys/key-router.ts";
import { Pane } from "#tui/layout/pane.tsx";
import type { Rect } from "#tui/layout/region.tsx";
import { tabLine } from "#tui/layout/tabs.tsx";
import { useTheme } from "#tui/layout/theme-context.ts";
import { cell } from "#tui/text/cell.ts";
import { plural } from "#tui/text/quantity.ts";
import { useScroll } from "#tui/widgets/log-view/use-scroll.ts";
import { detailTabs, logsTab, tabFor, useServerDetail } from "./use-server-detail.ts";

export interface ServerDetailPaneProps {
  readonly rect: Rect;
  readonly server: ServerSummary | undefined;
  readonly isFocused: boolean;
  readonly tab: number | undefined;
  readonly setTab: (tab: number) => void;
  readonly leave: () => void;
}

/** What is the matter with one server: cause and cure first, then the chosen tab. */
export function ServerDetailPane({ rect, server, isFocused, tab: chosen, setTab, leave }: ServerDetailPaneProps) {
  const theme = useTheme();
  const tab = tabFor(server, chosen);
  const { head, body, tools } = useServerDetail(server, tab, rect.width - 4);
  const room = rect.height - 2 - head.length - 3;
  const scroll = useScroll(body.length, room, tab === logsTab);
  const turn = (by: number) => () => setTab((tab + by + detailTabs.length) % detailTabs.length);
  useKeys({ order: layerOrder.screen, actions: { "detail.nextTab": turn(1), "detail.previousTab": turn(-1) } });
  useKeys(isFocused ? { order: layerOrder.pane, actions: { ...scroll.actions, "app.back": leave } } : undefined);

  const titles = detailTabs.map((title) => (title === "Tools" && tools > 0 ? `Tools ${tools}` : title));
  const lines = [tabLine(theme, titles, tab), "", ...head.map((line) => ` ${line}`), ""];
  const line = (index: number) => {
    if (!server) return index === 1 ? theme.muted(" Nothing is selected") : "";
    return lines[index] ?? ` ${body[scroll.top + index - lines.length] ?? ""}`;
  };
  const end = tab === logsTab ? (scroll.isAtEnd ? `FOLLOW ${theme.glyph.dot} ` : "") + plural(body.length, "line") : "";
  return <Pane rect={rect} look={{ title: server ? cell(server.name) : "Detail", footer: end, isFocused }} line={line} />;
}
