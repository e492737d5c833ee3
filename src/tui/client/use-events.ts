import { useCallback, useEffect, useEffectEvent, useSyncExternalStore } from "react";
import type { HubEvent } from "#hub/kernel/event.ts";
import { useClient } from "./client-context.tsx";
import type { PulseState } from "./hub-pulse.ts";

/** Calls back for every event, outside React: a thousand a second must not render anything. */
export function useEvents(listener: (event: HubEvent) => void): void {
  const { feed } = useClient();
  const latest = useEffectEvent(listener);
  useEffect(() => feed.onEvent((event) => latest(event)), [feed]);
}

/** Whether the hub is there; changes render. */
export function usePulse(): PulseState {
  const { pulse } = useClient();
  return useSyncExternalStore(
    useCallback((changed: () => void) => pulse.onState(changed), [pulse]),
    () => pulse.state,
  );
}
