import { useMemo, useState } from "react";
import { Pane } from "#tui/layout/pane.tsx";
import type { Rect } from "#tui/layout/region.tsx";
import { centred } from "#tui/layout/screen-layout.ts";
import { useTheme } from "#tui/layout/theme-context.ts";
import { layerOrder } from "#tui/keys/key-router.ts";
import { useKeys } from "#tui/keys/use-keys.ts";
import { fit, spread } from "#tui/text/cell.ts";
import { editedLine, editLine, insert, visibleLine, type EditedLine } from "#tui/widgets/text-input/line-editor.ts";
import { rank, type PaletteEntry } from "./rank.ts";

export interface PickerProps {
  readonly within: Rect;
  readonly title: string;
  readonly entries: readonly PaletteEntry[];
  readonly close: () => void;
}

/** A list to pick from by typing: the palette, and every choice too long to turn through. */
export function Picker({ within, title, entries, close }: PickerProps) {
  const theme = useTheme();
  const [line, setLine] = useState(editedLine());
  const [at, setAt] = useState(0);
  const rect = centred(within, 72, Math.min(18, within.height));
  const height = rect.height - 4;
  const found = useMemo(() => rank(entries, line.text, height), [entries, line.text, height]);
  const change = (next: EditedLine) => {
    setLine(next);
    setAt(0);
  };
  const step = (by: number) => setAt(Math.max(0, Math.min(found.length - 1, at + by)));
  useKeys({
    order: layerOrder.palette,
    isModal: true,
    actions: {
      "dialog.close": close,
      "dialog.accept": () => {
        close();
        found[at]?.run();
      },
      "dialog.down": () => step(1),
      "dialog.up": () => step(-1),
      "dialog.complete": () => found[at] && change(editedLine(found[at].title)),
    },
    type: (key) => {
      const next = editLine(line, key);
      if (next) change(next);
      return next !== undefined;
    },
    paste: (text) => change(insert(line, text)),
  });
  const shown = visibleLine(line, rect.width - 6);
  const paint = (index: number) => {
    if (index === 0) return ` ${theme.accent(">")} ${shown.text}`;
    const entry = index === 1 ? undefined : found[index - 2];
    if (!entry) return found.length === 0 && index === 2 ? theme.muted("   nothing like that") : "";
    const text = spread(
      ` ${at === index - 2 ? theme.glyph.cursor : " "} ${entry.title}`,
      `${fit(entry.key ?? "", 8)}${fit(entry.kind, 8)}`,
      rect.width - 2,
    );
    return at === index - 2 ? theme.selected(text) : text;
  };
  return (
    <Pane
      rect={rect}
      z={10}
      look={{ title, footer: "Enter run  Tab complete  ↑↓  Esc", isFocused: true }}
      line={paint}
      cursor={{ x: 3 + shown.column, y: 0 }}
    />
  );
}
