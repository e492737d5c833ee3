import { cell, cut } from "#tui/text/cell.ts";
import { Region, type Rect } from "#tui/layout/region.tsx";
import { useTheme } from "#tui/layout/theme-context.ts";
import type { Toast } from "./use-toasts.ts";

/** The line above the keys: what just happened. */
export function MessageLine({ rect, toast }: { readonly rect: Rect; readonly toast: Toast | undefined }) {
  const theme = useTheme();
  const { glyph } = theme;
  const marks = { info: theme.accent(glyph.dot), ok: theme.ok(glyph.ok), warn: theme.warn(glyph.warning), bad: theme.bad(glyph.failed) };
  return <Region rect={rect} line={() => (toast ? cut(` ${marks[toast.level]} ${cell(toast.text)}`, rect.width) : "")} />;
}
