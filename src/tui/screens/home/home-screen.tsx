import { useClient } from "#tui/client/client-context.tsx";
import type { Operations } from "#tui/client/operations.ts";
import { useKeys } from "#tui/keys/use-keys.ts";
import { layerOrder } from "#tui/keys/key-router.ts";
import { Pane } from "#tui/layout/pane.tsx";
import { useTheme } from "#tui/layout/theme-context.ts";
import { useOpen } from "#tui/screens/open.ts";
import type { ScreenProps } from "#tui/screens/screen.ts";
import { remark, stateText } from "#tui/screens/servers/server-look.ts";
import { cell, fit } from "#tui/text/cell.ts";
import { bytes, count, duration, plural } from "#tui/text/quantity.ts";
import { sparkline } from "#tui/text/sparkline.ts";
import type { Theme } from "#tui/theme.ts";
import { useTable } from "#tui/widgets/table/use-table.ts";
import { useHome } from "./use-home.ts";

/** How the hub is, and what needs somebody. */
export function HomeScreen({ rect }: ScreenProps) {
  const theme = useTheme();
  const { clock } = useClient();
  const open = useOpen();
  const home = useHome();
  const overview = overviewLines(theme, home, clock.now);
  const listHeight = rect.height - 2 - overview.length - 3;
  const table = useTable({ key: "home", rows: home.problems, id: ({ name }) => name, height: listHeight });
  const openSelected = () => table.selected && open.server(table.selected.name);
  useKeys({
    order: layerOrder.screen,
    actions: { "home.open": openSelected, ...table.actions },
  });

  const nameWidth = Math.min(28, Math.floor(rect.width / 3));
  const line = (index: number) => {
    if (index === 0) return "";
    if (index <= overview.length) return ` ${overview[index - 1]!()}`;
    const at = index - overview.length - 1;
    if (at === 0) return "";
    if (at === 1) return ` ${theme.strong(home.problems.length ? plural(home.problems.length, "problem") : "No problems")}`;
    const server = home.problems[table.state.top + at - 2];
    if (!server) return "";
    const text = `${fit(cell(server.name), nameWidth)}  ${fit(stateText(theme, server.state), 10)}  ${remark(theme, server, clock.now())}`;
    if (server !== table.selected) return `   ${text}`;
    return ` ${theme.selected(fit(`${theme.glyph.cursor} ${Bun.stripANSI(text)}`, rect.width - 4))}`;
  };
  const footer = home.problems.length ? `${plural(home.problems.length, "thing")} may need you: ! opens the first` : "";
  return <Pane rect={rect} look={{ title: "Overview", footer, isFocused: true }} line={line} />;
}

function overviewLines(theme: Theme, home: ReturnType<typeof useHome>, now: () => number): (() => string)[] {
  const { status, byState } = home;
  const label = (text: string) => theme.muted(fit(text, 10));
  const hub = status.data;
  const states = [...byState].map(([state, servers]) => `${count(servers.length)} ${Bun.stripANSI(stateText(theme, state)).slice(2)}`);
  const slowest = () => [...home.calls().slowest].toSorted((a, b) => b[1] - a[1]).slice(0, 3);
  return [
    () =>
      hub
        ? `${label("Hub")}${theme.ok(theme.glyph.running)} ${cell(hub.state)} ${duration(Math.max(1000, now() - hub.startedAt)).replace(".0", "")}   v${cell(hub.version)}   pid ${hub.pid}   ${cell(hub.url ?? "no listener")}   RSS ${bytes(hub.rssBytes)}`
        : `${label("Hub")}${theme.muted(status.error ? cell(status.error.message) : "…")}`,
    () => `${label("Servers")}${states.join(`  ${theme.muted(theme.glyph.dot)}  `) || theme.muted(theme.glyph.none)}`,
    () => `${label("Tools")}${hub ? count(hub.tools) : theme.glyph.none}`,
    () => `${label("Calls")}${callsText(theme, hub)}`,
    () => `${label("")}${theme.accent(sparkline(home.perMinute(), theme.glyph.spark))}  ${theme.muted("last 30 min")}`,
    () =>
      `${label("Slowest")}${
        slowest()
          .map(([id, ms]) => `${cell(id)} ${duration(ms)}`)
          .join("   ") || theme.muted(theme.glyph.none)
      }`,
  ];
}

function callsText(theme: Theme, hub: Operations["hub.status"]["output"] | undefined): string {
  if (!hub) return theme.muted(theme.glyph.none);
  const { total, failed, p50Ms, p95Ms } = hub.calls;
  const speed = p50Ms === undefined ? "" : `   p50 ${duration(p50Ms)}   p95 ${duration(p95Ms ?? p50Ms)}`;
  return `${count(total)}${failed ? theme.bad(`   ${count(failed)} failed`) : ""}${speed}`;
}
