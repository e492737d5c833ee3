import { createContext, useContext, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import type { AvailableAction, KeyLayer, KeyRouter } from "./key-router.ts";

export const KeyRouterContext = createContext<KeyRouter | undefined>(undefined);

export function useKeyRouter(): KeyRouter {
  const router = useContext(KeyRouterContext);
  if (!router) throw new Error("keys are used outside the application");
  return router;
}

/** Takes part in key routing while mounted; pass undefined to stay silent. */
export function useKeys(layer: KeyLayer | undefined): void {
  const router = useKeyRouter();
  const [id] = useState(() => Symbol("keys"));
  const latest = useRef(layer);
  const isActive = layer !== undefined;
  const names = layer
    ? Object.entries(layer.actions)
        .map(([name, action]) => name + (typeof action === "function" ? "" : (action.disabled ?? "")))
        .join()
    : "";
  useLayoutEffect(() => {
    latest.current = layer;
  });
  useLayoutEffect(() => (isActive ? router.add(id, () => latest.current!) : undefined), [router, id, isActive, names]);
}

/** The actions a key could reach now; changes when a layer comes or goes. */
export function useAvailableActions(): readonly AvailableAction[] {
  const router = useKeyRouter();
  const version = useRef(0);
  useSyncExternalStore(
    (changed) =>
      router.subscribe(() => {
        version.current++;
        changed();
      }),
    () => version.current,
  );
  return router.available();
}
