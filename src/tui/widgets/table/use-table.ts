import { useMemo } from "react";
import { useRemembered } from "#tui/state/remembered.ts";
import type { KeyLayer } from "#tui/keys/key-router.ts";
import { listStart, move, settle, type ListMove, type ListState } from "./list-state.ts";
import type { Column } from "./columns.ts";

export interface TableSort {
  readonly by: string;
  readonly isDescending: boolean;
}

export interface Table<Row> {
  readonly rows: readonly Row[];
  readonly state: ListState;
  readonly selected: Row | undefined;
  readonly sort: TableSort | undefined;
  readonly select: (id: string) => void;
  readonly actions: KeyLayer["actions"];
}

export interface TableOptions<Row> {
  readonly key: string;
  /** Already filtered and sorted. */
  readonly rows: readonly Row[];
  readonly id: (row: Row) => string;
  readonly height: number;
}

/** Selection and scrolling of a list, remembered under its key, with the keys every list has. */
export function useTable<Row>({ key, rows, id, height }: TableOptions<Row>): Omit<Table<Row>, "sort"> {
  const [saved, save] = useRemembered<ListState>(`session.${key}.list`, listStart);
  // oxlint-disable-next-line react/exhaustive-deps -- which field is the id never changes
  const ids = useMemo(() => rows.map(id), [rows]);
  const state = settle(saved, { ids, height });
  const go = (by: ListMove) => () => save(move(state, by, { ids, height }));
  const half = Math.max(1, Math.floor(height / 2));
  return {
    rows,
    state,
    selected: rows[state.index],
    select: (wanted) => {
      const index = ids.indexOf(wanted);
      if (index !== -1) save(move({ ...state, index }, 0, { ids, height }));
    },
    actions: {
      "list.down": go(1),
      "list.up": go(-1),
      "list.first": go("first"),
      "list.last": go("last"),
      "list.pageDown": go(half),
      "list.pageUp": go(-half),
    },
  };
}

/** The order of a list: which column, and which way round; `s` takes the next column, `S` turns it round. */
export function useSort<Row>(key: string, columns: readonly Column<Row>[], initial: TableSort) {
  const [sort, setSort] = useRemembered<TableSort>(`${key}.sort`, initial);
  const sortable = columns.filter(({ order }) => order);
  const next = () => {
    const at = sortable.findIndex(({ id }) => id === sort.by);
    setSort({ by: sortable[(at + 1) % sortable.length]!.id, isDescending: false });
  };
  return {
    sort,
    actions: {
      "list.sort": next,
      "list.reverse": () => setSort({ ...sort, isDescending: !sort.isDescending }),
    } satisfies KeyLayer["actions"],
  };
}

/** Rows in the order of a column; equal ones stay as they came. */
export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], { by, isDescending }: TableSort): readonly Row[] {
  const order = columns.find(({ id }) => id === by)?.order;
  if (!order) return rows;
  const keyed = rows.map((row) => ({ row, key: order(row) }));
  const direction = isDescending ? -1 : 1;
  keyed.sort((a, b) => (a.key < b.key ? -direction : a.key > b.key ? direction : 0));
  return keyed.map(({ row }) => row);
}
