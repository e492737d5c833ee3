import { cell, fit } from "#tui/text/cell.ts";
import type { Theme } from "#tui/theme.ts";
import { valueText, type JsonLine } from "./json-lines.ts";

/** One line of the JSON viewer. */
export function jsonLine(
  theme: Theme,
  line: JsonLine,
  look: { readonly isSelected: boolean; readonly isFocused: boolean; readonly columns: number },
): string {
  const mark = line.isContainer ? (line.isOpen ? theme.glyph.open : theme.glyph.closed) : " ";
  const key = line.key === undefined ? "" : `${theme.accent(cell(line.key))}: `;
  const text = `${"  ".repeat(line.depth)}${theme.muted(mark)} ${key}${painted(theme, line)}`;
  return look.isSelected && look.isFocused ? theme.selected(fit(Bun.stripANSI(text), look.columns)) : text;
}

function painted(theme: Theme, { value, isOpen }: JsonLine): string {
  const text = valueText(value, isOpen);
  if (typeof value === "string") return theme.ok(text);
  if (typeof value === "number" || typeof value === "boolean") return theme.warn(text);
  return theme.muted(text);
}
