import type { ViewId } from "./layout/views.ts";
import type { Toast } from "./widgets/toast/use-toasts.ts";

export type Overlay = "none" | "palette" | "help";

/** What the application shows; screens keep what is theirs. */
export interface AppState {
  readonly view: ViewId;
  readonly lastView: ViewId;
  readonly overlay: Overlay;
  readonly isZoomed: boolean;
  readonly toast: (Toast & { readonly id: number }) | undefined;
}

export type AppAction =
  | { readonly type: "go"; readonly view: ViewId }
  | { readonly type: "goBack" }
  | { readonly type: "overlay"; readonly overlay: Overlay }
  | { readonly type: "zoom" }
  | { readonly type: "toast"; readonly toast: Toast; readonly id: number }
  | { readonly type: "toastGone"; readonly id: number };

export const appStart = (view: ViewId): AppState => ({ view, lastView: "home", overlay: "none", isZoomed: false, toast: undefined });

export function appReducer(state: AppState, action: AppAction): AppState {
  switch (action.type) {
    case "go":
      return action.view === state.view
        ? { ...state, overlay: "none" }
        : { ...state, view: action.view, lastView: state.view, overlay: "none", isZoomed: false };
    case "goBack":
      return { ...state, view: state.lastView, lastView: state.view, isZoomed: false };
    case "overlay":
      return { ...state, overlay: action.overlay };
    case "zoom":
      return { ...state, isZoomed: !state.isZoomed };
    case "toast":
      return { ...state, toast: { ...action.toast, id: action.id } };
    case "toastGone":
      return state.toast?.id === action.id ? { ...state, toast: undefined } : state;
  }
}
