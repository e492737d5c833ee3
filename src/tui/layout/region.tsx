import { createContext, useContext, useLayoutEffect, useState } from "react";
import type { Painter, Rect, Region as PaintedRegion } from "#tui/terminal/painter.ts";

export const PainterContext = createContext<Painter | undefined>(undefined);

export function usePainter(): Painter {
  const painter = useContext(PainterContext);
  if (!painter) throw new Error("regions are painted outside the application");
  return painter;
}

export interface RegionProps extends Omit<PaintedRegion, "z"> {
  readonly z?: number;
}

/** The one way anything reaches the screen: a rectangle and a function that gives its lines when they are painted. */
export function Region({ rect, z = 0, line, cursor }: RegionProps) {
  const painter = usePainter();
  const [id] = useState(() => Symbol("region"));
  useLayoutEffect(() => painter.set(id, { rect, z, line, cursor }));
  useLayoutEffect(() => () => painter.delete(id), [painter, id]);
  return null;
}

export type { Rect };
