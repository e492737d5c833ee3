import { useMemo } from "react";
import { useApplication } from "#tui/app-context.ts";
import { useQuery } from "#tui/client/use-query.ts";
import { matchesFilter } from "#tui/filter/match-filter.ts";
import { useFilter } from "#tui/filter/use-filter.ts";
import { layerOrder } from "#tui/keys/key-router.ts";
import { useKeys } from "#tui/keys/use-keys.ts";
import { useTheme } from "#tui/layout/theme-context.ts";
import { useRemembered } from "#tui/state/remembered.ts";
import { sorted, useSort, useTable } from "#tui/widgets/table/use-table.ts";
import { searchTool, toolColumns } from "./tool-look.ts";

/** The tools view: which tools, which one is selected, and whose form is open. */
export function useTools(listHeight: number) {
  const theme = useTheme();
  const { copy } = useApplication();
  const query = useQuery("tools.list", {});
  const [open, setOpen] = useRemembered<string | undefined>("session.tools.form", undefined);
  const isListActive = open === undefined;
  const filter = useFilter("tools", isListActive);
  const columns = useMemo(() => toolColumns(theme), [theme]);
  const { sort, actions: sortActions } = useSort("tools", columns, { by: "tool", isDescending: false });
  const all = query.data?.items;
  const rows = useMemo(
    () =>
      sorted(
        (all ?? []).filter((tool) => matchesFilter(filter.terms, searchTool(tool))),
        columns,
        sort,
      ),
    [all, filter.terms, columns, sort],
  );
  const table = useTable({ key: "tools", rows, id: ({ id }) => id, height: listHeight });
  const { selected } = table;
  const detail = useQuery("tools.show", selected && { id: selected.id }).data;
  useKeys(
    isListActive
      ? {
          order: layerOrder.pane,
          actions: {
            "tools.form": () => selected && setOpen(selected.id),
            "list.filter": filter.edit,
            ...table.actions,
            ...sortActions,
            "list.copy": () => selected && copy(selected.id),
            ...(filter.text !== "" && { "app.back": filter.clear }),
          },
        }
      : undefined,
  );
  return { query, total: all?.length ?? 0, filter, columns, sort, table, detail, open, close: () => setOpen(undefined) };
}
