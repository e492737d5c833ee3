import { createContext, useContext } from "react";
import type { StdinFilter } from "./stdin-filter.ts";

export const StdinContext = createContext<StdinFilter | undefined>(undefined);

export function useStdinFilter(): StdinFilter {
  const filter = useContext(StdinContext);
  if (!filter) throw new Error("input is used outside the application");
  return filter;
}
