import { useState } from "react";
import { Pane } from "#tui/layout/pane.tsx";
import { centred } from "#tui/layout/screen-layout.ts";
import type { Rect } from "#tui/layout/region.tsx";
import { useTheme } from "#tui/layout/theme-context.ts";
import { editedLine, editLine } from "#tui/widgets/text-input/line-editor.ts";
import { helpEntryText, helpRows } from "./help-rows.ts";
import { layerOrder } from "./key-router.ts";
import { useKeyRouter, useKeys } from "./use-keys.ts";

/** Every key there is, made from the key map; typing searches it. */
export function HelpOverlay({ within, close }: { readonly within: Rect; readonly close: () => void }) {
  const theme = useTheme();
  const router = useKeyRouter();
  const [available] = useState(() => new Map(router.available().map(({ binding, disabled }) => [binding.id, disabled])));
  const [search, setSearch] = useState(editedLine());
  const [top, setTop] = useState(0);
  const rows = helpRows(available, search.text);
  const rect = centred(within, 76, within.height - 2);
  const height = rect.height - 4;
  const scroll = (by: number) => setTop(Math.max(0, Math.min(top + by, rows.length - height)));
  useKeys({
    order: layerOrder.help,
    isModal: true,
    actions: {
      "dialog.close": close,
      "dialog.accept": close,
      "dialog.down": () => scroll(1),
      "dialog.up": () => scroll(-1),
      "list.pageDown": () => scroll(height),
      "list.pageUp": () => scroll(-height),
    },
    type: (key) => {
      const next = editLine(search, key);
      if (next) setSearch(next);
      setTop(0);
      return next !== undefined;
    },
  });
  const line = (index: number) => {
    if (index === 0) return ` ${theme.accent("search")} ${search.text}`;
    if (index === 1) return "";
    const row = rows[top + index - 2];
    if (!row) return rows.length === 0 && index === 2 ? theme.muted(" no key does that") : "";
    if ("heading" in row) return theme.strong(` ${row.heading}`);
    return row.isAvailable && row.disabled === undefined ? helpEntryText(row) : theme.muted(helpEntryText(row));
  };
  return (
    <Pane
      rect={rect}
      z={20}
      look={{ title: "Keys · type to search", footer: "↑↓ scroll  Esc close", isFocused: true }}
      line={line}
      cursor={{ x: 8 + search.cursor, y: 0 }}
    />
  );
}
