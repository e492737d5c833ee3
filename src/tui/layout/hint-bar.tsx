import { keyLabel } from "#tui/keys/keymap.ts";
import { useAvailableActions } from "#tui/keys/use-keys.ts";
import { spread, width } from "#tui/text/cell.ts";
import { Region, type Rect } from "./region.tsx";
import { useTheme } from "./theme-context.ts";

const help = "? help ";

/** The last line: what the keys do here. What a key cannot do now stays, dimmed. */
export function HintBar({ rect }: { readonly rect: Rect }) {
  const theme = useTheme();
  const actions = useAvailableActions();
  let left = "";
  for (const { binding, disabled } of actions) {
    if (!binding.hint) continue;
    const hint = `${keyLabel(binding.keys[0]!)} ${binding.hint}`;
    if (width(left) + width(hint) + 2 > rect.width - help.length - 2) break;
    left += `${left ? "  " : " "}${disabled === undefined ? `${theme.accent(keyLabel(binding.keys[0]!))} ${binding.hint}` : theme.muted(hint)}`;
  }
  return <Region rect={rect} line={() => spread(left, theme.muted(help), rect.width)} />;
}
