/** The states of mcp-hub's `hub_state`, as far as a client can see them. */
export type HubState = "starting" | "ready" | "restarting" | "stopping";

export interface Shown {
  readonly state: HubState | "restarted";
  readonly has_restarted?: true;
}

export type Happening = "servers_settled" | "restart" | "restarted" | "restart_failed" | "hard_restart" | "stop";

export interface LifecycleStep {
  readonly state: HubState;
  /** What is told, in order; nothing where the happening changes nothing. */
  readonly told: readonly Shown[];
}

const stay = (state: HubState): LifecycleStep => ({ state, told: [] });
const go = (state: HubState): LifecycleStep => ({ state, told: [{ state }] });

/**
 * A restart that succeeds is told as `restarted`, and the hub is `ready` again; one that fails leaves it ready with the
 * servers it had. Nothing is told after `stopping`.
 */
export function advance(state: HubState, happening: Happening): LifecycleStep {
  if (state === "stopping") return stay(state);
  switch (happening) {
    case "servers_settled":
      return state === "starting" ? go("ready") : stay(state);
    case "restart":
    case "hard_restart":
      return state === "restarting" ? stay(state) : go("restarting");
    case "restarted":
      return state === "restarting" ? { state: "ready", told: [{ state: "restarted", has_restarted: true }] } : stay(state);
    case "restart_failed":
      return state === "restarting" ? go("ready") : stay(state);
    case "stop":
      return go("stopping");
  }
}
