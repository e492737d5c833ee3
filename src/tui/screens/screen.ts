import type { Rect } from "#tui/layout/region.tsx";

/** A view gets the rectangle it may fill, and nothing else: the rest comes from contexts. */
export interface ScreenProps {
  readonly rect: Rect;
}
