import type { Invoke } from "#hub/kernel/client.ts";
import type { HubEvent } from "#hub/kernel/event.ts";

export interface EventOptions {
  /** Only events with a larger id. */
  readonly after?: number;
  readonly types?: readonly string[];
  readonly signal: AbortSignal;
}

/** A way to one hub: the same in this process, over its socket and over the network. */
export interface Connection {
  readonly invoke: Invoke;
  readonly events: (options: EventOptions) => AsyncIterable<HubEvent>;
  readonly where: "socket" | "url" | "in-process";
}
