import { createContext, useContext } from "react";
import type { Clock } from "#hub/kernel/runtime.ts";
import type { Connection } from "#tui/connection.ts";
import type { EventFeed } from "./event-feed.ts";
import type { HubPulse } from "./hub-pulse.ts";
import type { QueryCache } from "./query-cache.ts";

/** What screens reach the hub through. */
export interface HubClient {
  readonly connection: Connection;
  readonly cache: QueryCache;
  readonly feed: EventFeed;
  readonly pulse: HubPulse;
  readonly clock: Clock;
}

export const ClientContext = createContext<HubClient | undefined>(undefined);

export function useClient(): HubClient {
  const client = useContext(ClientContext);
  if (!client) throw new Error("the client is used outside the application");
  return client;
}
