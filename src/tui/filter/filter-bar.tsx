import { cut, fit, spread } from "#tui/text/cell.ts";
import { Region, type Rect } from "#tui/layout/region.tsx";
import { useTheme } from "#tui/layout/theme-context.ts";
import { visibleLine } from "#tui/widgets/text-input/line-editor.ts";
import type { Filter } from "./use-filter.ts";

const label = " filter ";

/** The line a filter is typed into; what is left of it says something about the list. */
export function FilterBar({
  rect,
  filter,
  note,
}: {
  readonly rect: Rect;
  readonly filter: Filter;
  readonly note: string | (() => string);
}) {
  const theme = useTheme();
  const room = Math.max(10, Math.floor(rect.width / 2) - label.length);
  const shown = visibleLine(filter.line, room);
  const typed = filter.error ? theme.underlined(shown.text) : shown.text;
  const line = () => {
    const right = filter.error ? theme.bad(filter.error.message) : theme.muted(typeof note === "function" ? note() : note);
    if (!filter.isEditing && filter.text === "") return spread(theme.muted(" / filter"), `${cut(right, rect.width - 12)} `, rect.width);
    return spread(theme.accent(label) + fit(typed, room), `${cut(right, rect.width - room - label.length - 2)} `, rect.width);
  };
  return <Region rect={rect} line={line} cursor={filter.isEditing ? { x: label.length + shown.column, y: 0 } : undefined} />;
}
