/** Where a list stands. The selection is an id: rows that come, go and move never change what is selected. */
export interface ListState {
  readonly selected: string | undefined;
  readonly index: number;
  readonly top: number;
}

export const listStart: ListState = { selected: undefined, index: 0, top: 0 };

/** What there is to select, and how much of it shows. */
export interface ListExtent {
  readonly ids: readonly string[];
  readonly height: number;
}

/** Brings the state in line with the rows there are now: the selected row keeps its place on the screen while it can. */
export function settle(state: ListState, { ids, height }: ListExtent): ListState {
  if (ids.length === 0) return { ...state, index: 0, top: 0 };
  const found = state.selected === undefined ? -1 : ids[state.index] === state.selected ? state.index : ids.indexOf(state.selected);
  const index = found === -1 ? Math.min(state.index, ids.length - 1) : found;
  const drifted = found === -1 ? state.top : state.top + index - state.index;
  return { selected: ids[index], index, top: scrolledTo(index, drifted, { ids, height }) };
}

export type ListMove = number | "first" | "last";

/** Moves the selection, from where it is settled. */
export function move(state: ListState, by: ListMove, { ids, height }: ListExtent): ListState {
  const wanted = by === "first" ? 0 : by === "last" ? ids.length - 1 : state.index + by;
  const index = Math.max(0, Math.min(ids.length - 1, wanted));
  return { selected: ids[index], index, top: scrolledTo(index, state.top, { ids, height }) };
}

function scrolledTo(index: number, top: number, { ids, height }: ListExtent): number {
  const lowest = Math.max(0, ids.length - height);
  return Math.max(0, Math.min(lowest, Math.max(index - height + 1, Math.min(index, top))));
}
