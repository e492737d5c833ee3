import { cut, fit, width } from "#tui/text/cell.ts";
import { Region, type Rect, type RegionProps } from "./region.tsx";
import { useTheme } from "./theme-context.ts";

export interface PaneLook {
  readonly title: string;
  readonly footer?: string;
  readonly isFocused?: boolean;
}

export interface PaneProps extends Pick<RegionProps, "z" | "cursor"> {
  readonly rect: Rect;
  /** Read when the pane is painted, so that a count in it costs no render. */
  readonly look: PaneLook | (() => PaneLook);
  readonly line: (index: number) => string;
}

/** A box with a title in its upper edge and a footer in its lower one. */
export function Pane({ rect, look: given, line, z, cursor }: PaneProps) {
  const theme = useTheme();
  const { glyph } = theme;
  const paint = (index: number) => {
    const look = typeof given === "function" ? given() : given;
    const edge = look.isFocused ? theme.accent : theme.muted;
    if (index > 0 && index < rect.height - 1) return edge(glyph.vertical) + fit(line(index - 1), rect.width - 2) + edge(glyph.vertical);
    const isTop = index === 0;
    const text = isTop ? (look.isFocused ? theme.strong(look.title) : look.title) : theme.muted(look.footer ?? "");
    const [left, right] = isTop ? [glyph.topLeft, glyph.topRight] : [glyph.bottomLeft, glyph.bottomRight];
    const label = text === "" ? "" : ` ${cut(text, rect.width - 6)} `;
    const rest = Math.max(0, rect.width - 3 - width(label));
    return edge(left + glyph.horizontal) + label + edge(glyph.horizontal.repeat(rest) + right);
  };
  return <Region rect={rect} z={z} line={paint} cursor={cursor && { x: cursor.x + 1, y: cursor.y + 1 }} />;
}
