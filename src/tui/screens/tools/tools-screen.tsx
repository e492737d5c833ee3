import { useApplication } from "#tui/app-context.ts";
import { FilterBar } from "#tui/filter/filter-bar.tsx";
import { Pane } from "#tui/layout/pane.tsx";
import { splitColumns, splitRows } from "#tui/layout/screen-layout.ts";
import { useTheme } from "#tui/layout/theme-context.ts";
import type { ScreenProps } from "#tui/screens/screen.ts";
import { cell } from "#tui/text/cell.ts";
import { count } from "#tui/text/quantity.ts";
import { fitColumns, headerLine, rowLine } from "#tui/widgets/table/columns.ts";
import { listNotice } from "#tui/widgets/table/list-notice.ts";
import { ToolForm } from "./tool-form.tsx";
import { toolDetailLines } from "./tool-look.ts";
import { useTools } from "./use-tools.ts";

/** Every tool of every source; Enter opens the form that calls one. */
export function ToolsScreen({ rect }: ScreenProps) {
  const { isWide } = useApplication();
  const [bar, body] = splitRows(rect, 1);
  const tools = useTools(body.height - 3);
  if (tools.open !== undefined) return <ToolForm key={tools.open} rect={rect} id={tools.open} close={tools.close} />;
  const [left, right] = isWide ? splitColumns(body) : [body, body];
  return (
    <>
      <FilterBar rect={bar} filter={tools.filter} note={`sort ${tools.sort.by} ${tools.sort.isDescending ? "↓" : "↑"}`} />
      <ToolList rect={left} tools={tools} />
      {isWide && <ToolDetailPane rect={right} tools={tools} />}
    </>
  );
}

interface PartProps extends ScreenProps {
  readonly tools: ReturnType<typeof useTools>;
}

function ToolList({ rect, tools: { table, columns, sort, query, filter, total } }: PartProps) {
  const theme = useTheme();
  const inside = rect.width - 2;
  const fitted = fitColumns(columns, inside - 3);
  const notice = listNotice({
    what: "tools",
    query,
    filter,
    total,
    shown: table.rows.length,
    empty: "No tools yet. They appear when a server is running",
  });
  const line = (index: number) => {
    if (index === 0) return headerLine(fitted, theme, { by: sort.by, isDescending: sort.isDescending });
    if (notice) return index === 2 ? `  ${notice}` : "";
    const row = table.rows[table.state.top + index - 1];
    return row ? rowLine(fitted, row, { theme, isSelected: row === table.selected, isFocused: true, columns: inside }) : "";
  };
  const of = table.rows.length === total ? count(total) : `${count(table.rows.length)} of ${count(total)}`;
  const filtered = filter.text ? ` ${theme.glyph.dot} ${filter.text}` : "";
  const footer = table.rows.length ? `${count(table.state.index + 1)}/${count(table.rows.length)}` : "";
  return <Pane rect={rect} look={{ title: `Tools ${of}${filtered}`, footer, isFocused: true }} line={line} />;
}

function ToolDetailPane({ rect, tools: { table, detail } }: PartProps) {
  const theme = useTheme();
  const tool = table.selected;
  const lines = tool ? toolDetailLines(tool, detail?.id === tool.id ? detail : undefined, { theme, columns: rect.width - 4 }) : [];
  return (
    <Pane
      rect={rect}
      look={{ title: tool ? cell(tool.id) : "Tool", footer: tool ? "Enter opens the form" : "" }}
      line={(i) => ` ${lines[i] ?? ""}`}
    />
  );
}
