import { spread } from "#tui/text/cell.ts";
import type { Theme } from "#tui/theme.ts";
import { Region, type Rect } from "./region.tsx";
import { useTheme } from "./theme-context.ts";
import { views, type ViewId } from "./views.ts";

/** The second line: the views there are. */
export function ViewTabs({ rect, view }: { readonly rect: Rect; readonly view: ViewId }) {
  const theme = useTheme();
  const names = views.map(({ id, key, title }) => (id === view ? theme.strong(`[${key} ${title}]`) : ` ${key} ${title} `));
  return <Region rect={rect} line={() => spread(` ${names.join(" ")}`, theme.muted(": command "), rect.width)} />;
}

/** Tabs inside a pane: `Overview│[Logs]│Config`. */
export function tabLine(theme: Theme, titles: readonly string[], active: number): string {
  const shown = titles.map((title, i) => (i === active ? theme.strong(`[${title}]`) : ` ${title} `));
  return shown.join(theme.muted(theme.glyph.vertical));
}
