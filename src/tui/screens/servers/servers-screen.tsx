import { useApplication } from "#tui/app-context.ts";
import { FilterBar } from "#tui/filter/filter-bar.tsx";
import { Pane } from "#tui/layout/pane.tsx";
import { splitColumns, splitRows } from "#tui/layout/screen-layout.ts";
import { useTheme } from "#tui/layout/theme-context.ts";
import type { ScreenProps } from "#tui/screens/screen.ts";
import { clockTime, count } from "#tui/text/quantity.ts";
import { listNotice } from "#tui/widgets/table/list-notice.ts";
import { fitColumns, headerLine, rowLine } from "#tui/widgets/table/columns.ts";
import { usePulse } from "#tui/client/use-events.ts";
import { ServerDetailPane } from "./server-detail-pane.tsx";
import { useServers } from "./use-servers.ts";

/** Servers on the left, what is the matter with one on the right; one of the two where there is no room. */
export function ServersScreen({ rect }: ScreenProps) {
  const { isWide } = useApplication();
  const [bar, body] = splitRows(rect, 1);
  const [left, right] = isWide ? splitColumns(body) : [body, body];
  const servers = useServers(body.height - 3);
  const { table, focus, filter } = servers;
  return (
    <>
      <FilterBar rect={bar} filter={filter} note={`sort ${servers.sort.by} ${servers.sort.isDescending ? "↓" : "↑"}`} />
      {(isWide || focus === "list") && <ServerList rect={left} servers={servers} />}
      {(isWide || focus === "detail") && (
        <ServerDetailPane
          key={table.selected?.name}
          rect={right}
          server={table.selected}
          isFocused={focus === "detail"}
          tab={servers.tab}
          setTab={servers.setTab}
          leave={() => servers.setFocus("list")}
        />
      )}
    </>
  );
}

function ServerList({ rect, servers }: { readonly rect: ScreenProps["rect"]; readonly servers: ReturnType<typeof useServers> }) {
  const theme = useTheme();
  const feed = usePulse();
  const { table, columns, sort, query, filter, total, focus } = servers;
  const inside = rect.width - 2;
  const fitted = fitColumns(columns, inside - 3);
  const notice = listNotice({
    what: "servers",
    query,
    filter,
    total,
    shown: table.rows.length,
    empty: "No servers yet. Add one to the configuration file, or import those of another client.",
  });
  const line = (index: number) => {
    if (index === 0) return headerLine(fitted, theme, { by: sort.by, isDescending: sort.isDescending });
    if (notice) return index === 2 ? `  ${notice}` : "";
    const row = table.rows[table.state.top + index - 1];
    return row ? rowLine(fitted, row, { theme, isSelected: row === table.selected, isFocused: focus === "list", columns: inside }) : "";
  };
  const asOf = feed.is === "stale" && query.fetchedAt ? ` ${theme.glyph.dot} as of ${clockTime(query.fetchedAt)}` : "";
  const of = table.rows.length === total ? count(total) : `${count(table.rows.length)} of ${count(total)}`;
  const filtered = filter.text ? ` ${theme.glyph.dot} ${filter.text}` : "";
  return (
    <Pane
      rect={rect}
      look={{
        title: `Servers ${of}${filtered}${asOf}`,
        footer: table.rows.length ? `${count(table.state.index + 1)}/${count(table.rows.length)}` : "",
        isFocused: focus === "list",
      }}
      line={line}
    />
  );
}
