import type { Invoke } from "#hub/kernel/client.ts";
import type { HubEvent } from "#hub/kernel/event.ts";

/**
 * A hub to talk to, wherever it runs. `clientOver(invoke)` types it; that loads zod, so no command does it at start.
 */
export interface Connection extends AsyncDisposable {
  readonly where: "socket" | "url" | "in-process";
  readonly invoke: Invoke;
  /** What happens from now on, or from an event id on; ends when the signal aborts. */
  events(options: EventsOptions): AsyncIterable<HubEvent>;
  close(): Promise<void>;
}

export interface EventsOptions {
  /** Event types, `servers.*` for all of an area; all when absent. */
  readonly types?: readonly string[];
  /** The id of the last event already seen. */
  readonly after?: number;
  readonly signal: AbortSignal;
}
