import { createContext, useContext } from "react";
import type { ViewId } from "./layout/views.ts";

export interface AppControl {
  readonly view: ViewId;
  readonly go: (view: ViewId) => void;
  readonly quit: () => void;
  readonly isZoomed: boolean;
  readonly isWide: boolean;
  /** Puts text on the clipboard, and says which way it went. */
  readonly copy: (text: string) => void;
  /** Lets the user edit text in `$EDITOR`; undefined when they left it unchanged or it failed. */
  readonly editExternally: (text: string) => Promise<string | undefined>;
}

export const AppContext = createContext<AppControl | undefined>(undefined);

export function useApplication(): AppControl {
  const control = useContext(AppContext);
  if (!control) throw new Error("a screen is used outside the application");
  return control;
}
