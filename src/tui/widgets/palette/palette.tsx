import type { Rect } from "#tui/layout/region.tsx";
import { Picker } from "./picker.tsx";
import { usePaletteEntries } from "./use-palette-entries.ts";

/** Everything that can be done from here, found by typing. */
export function Palette({ within, close }: { readonly within: Rect; readonly close: () => void }) {
  return <Picker within={within} title="Command" entries={usePaletteEntries()} close={close} />;
}
