/**
 * When a hub nobody uses any more stops, as a pure reducer. Only the leaving of the last client arms it: a hub that never
 * had one goes on, for whoever started it may be about to connect.
 */
export interface Occupancy {
  readonly connections: number;
  /** Epoch ms at which the wait began; undefined while nobody waits. */
  readonly emptySince: number | undefined;
}

export type OccupancyInput =
  { readonly type: "connected" } | { readonly type: "disconnected"; readonly now: number } | { readonly type: "due" };

export type OccupancyEffect =
  /** Writes the state into this hub's entry. */
  | { readonly type: "record" }
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "stop_waiting" }
  | { readonly type: "shut_down" };

export interface OccupancyStep {
  readonly state: Occupancy;
  readonly effects: readonly OccupancyEffect[];
}

export const unoccupied: Occupancy = { connections: 0, emptySince: undefined };

/** `delayMs` is undefined for a hub that stays. */
export function occupy(state: Occupancy, input: OccupancyInput, delayMs: number | undefined): OccupancyStep {
  switch (input.type) {
    case "connected":
      return {
        state: { connections: state.connections + 1, emptySince: undefined },
        effects: [...(state.emptySince === undefined ? [] : [{ type: "stop_waiting" } as const]), { type: "record" }],
      };
    case "disconnected": {
      const connections = Math.max(0, state.connections - 1);
      if (connections > 0 || delayMs === undefined || state.emptySince !== undefined)
        return { state: { ...state, connections }, effects: [{ type: "record" }] };
      return { state: { connections, emptySince: input.now }, effects: [{ type: "record" }, { type: "wait", ms: delayMs }] };
    }
    case "due":
      return { state, effects: state.emptySince === undefined ? [] : [{ type: "shut_down" }] };
  }
}
