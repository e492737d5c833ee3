import { layerOrder } from "#tui/keys/key-router.ts";
import { useKeys } from "#tui/keys/use-keys.ts";
import { Pane } from "#tui/layout/pane.tsx";
import type { Rect } from "#tui/layout/region.tsx";
import { useTheme } from "#tui/layout/theme-context.ts";
import { count } from "#tui/text/quantity.ts";
import { jsonLine } from "./json-line.ts";
import { useJsonView } from "./use-json-view.ts";

export interface JsonPaneProps {
  readonly rect: Rect;
  readonly title: string;
  readonly value: unknown;
  readonly isFocused: boolean;
  readonly leave: () => void;
  /** Lines above the value. */
  readonly head?: readonly string[];
}

/** A JSON value to walk through: fold, copy a value or its path. */
export function JsonPane({ rect, title, value, isFocused, leave, head = [] }: JsonPaneProps) {
  const theme = useTheme();
  const room = rect.height - 2 - head.length;
  const { lines, top, index, actions } = useJsonView(value, room);
  useKeys(isFocused ? { order: layerOrder.pane, actions: { ...actions, "app.back": leave, "app.quit": leave } } : undefined);
  const line = (row: number) => {
    if (row < head.length) return head[row]!;
    const at = top + row - head.length;
    const shown = value === undefined ? undefined : lines[at];
    return shown ? jsonLine(theme, shown, { isSelected: at === index, isFocused, columns: rect.width - 2 }) : "";
  };
  const footer =
    value === undefined ? "" : `${count(index + 1)}/${count(lines.length)}${isFocused ? "  z fold  y copy value  Y copy path" : ""}`;
  return <Pane rect={rect} look={{ title, footer, isFocused }} line={line} />;
}
