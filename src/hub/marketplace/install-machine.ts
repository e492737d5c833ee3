/**
 * An installation as a pure reducer: (state, input) → (state, effect). No clock, no I/O.
 *
 *   planned ─consent→ consented ─inputs→ ready ─written→ written ─started→ started ─listed→ listed ─enabled→ enabled
 *                                                   └─── failed ───┴──────────┴──────────┴──→ undone   └─hold→ quarantined
 *
 * From `written` to `enabled` the configuration holds the server in quarantine: it runs, and none of its tools is offered.
 */
export type InstallState = "planned" | "consented" | "ready" | "written" | "started" | "listed" | "enabled" | "quarantined" | "undone";

export type InstallInput =
  | { readonly type: "consent"; readonly given: string | undefined; readonly expected: string }
  | { readonly type: "inputs" }
  | { readonly type: "written" }
  | { readonly type: "started" }
  | { readonly type: "listed"; readonly hold: boolean }
  | { readonly type: "enabled" }
  | { readonly type: "failed" };

export type InstallEffect = "take_inputs" | "write" | "start" | "list" | "enable" | "hold" | "undo" | "refuse" | "done";

export interface InstallStep {
  readonly state: InstallState;
  readonly effect: InstallEffect;
}

export function installStep(state: InstallState, input: InstallInput): InstallStep {
  if (input.type === "failed") return fail(state);
  switch (state) {
    case "planned":
      if (input.type !== "consent") return { state, effect: "refuse" };
      return input.given === input.expected ? { state: "consented", effect: "take_inputs" } : { state, effect: "refuse" };
    case "consented":
      return input.type === "inputs" ? { state: "ready", effect: "write" } : { state, effect: "refuse" };
    case "ready":
      return input.type === "written" ? { state: "written", effect: "start" } : { state, effect: "refuse" };
    case "written":
      return input.type === "started" ? { state: "started", effect: "list" } : { state, effect: "refuse" };
    case "started":
      if (input.type !== "listed") return { state, effect: "refuse" };
      return { state: "listed", effect: input.hold ? "hold" : "enable" };
    case "listed":
      return input.type === "enabled" ? { state: "enabled", effect: "done" } : { state, effect: "refuse" };
    case "enabled":
    case "quarantined":
    case "undone":
      return { state, effect: "done" };
  }
}

/** Before anything was written there is nothing to undo. */
function fail(state: InstallState): InstallStep {
  switch (state) {
    case "planned":
    case "consented":
      return { state, effect: "refuse" };
    case "ready":
    case "written":
    case "started":
    case "listed":
      return { state: "undone", effect: "undo" };
    case "enabled":
    case "quarantined":
    case "undone":
      return { state, effect: "done" };
  }
}
