import { useMemo } from "react";
import type { ServerSummary } from "#hub/servers/schema.ts";
import { useApplication } from "#tui/app-context.ts";
import { useAction } from "#tui/client/use-action.ts";
import { useClient } from "#tui/client/client-context.tsx";
import { usePulse } from "#tui/client/use-events.ts";
import { useQuery } from "#tui/client/use-query.ts";
import { matchesFilter } from "#tui/filter/match-filter.ts";
import { useFilter } from "#tui/filter/use-filter.ts";
import { useKeys } from "#tui/keys/use-keys.ts";
import { layerOrder, type KeyLayer } from "#tui/keys/key-router.ts";
import { useTheme } from "#tui/layout/theme-context.ts";
import { useRemembered } from "#tui/state/remembered.ts";
import { sorted, useSort, useTable } from "#tui/widgets/table/use-table.ts";
import { searchServer, serverColumns } from "./server-look.ts";

export type Focus = "list" | "detail";
const startable: ReadonlySet<ServerSummary["state"]> = new Set(["stopped", "disabled", "failed"]);

/** The servers view: which servers, in which order, which one is selected, and what keys do to it. */
export function useServers(listHeight: number) {
  const theme = useTheme();
  const { clock } = useClient();
  const { copy } = useApplication();
  const query = useQuery("servers.list", {});
  const [focus, setFocus] = useRemembered<Focus>("session.servers.focus", "list");
  const [tab, setTab] = useRemembered<number | undefined>("session.servers.tab", undefined);
  const filter = useFilter("servers", focus === "list");
  const columns = serverColumns(theme, clock.now());
  const { sort, actions: sortActions } = useSort("servers", columns, { by: "status", isDescending: false });
  const all = query.data?.items;
  const rows = useMemo(
    () =>
      sorted(
        (all ?? []).filter((server) => matchesFilter(filter.terms, searchServer(server))),
        columns,
        sort,
      ),
    // oxlint-disable-next-line react/exhaustive-deps -- the columns only change how a row looks
    [all, filter.terms, sort],
  );
  const table = useTable({ key: "servers", rows, id: ({ name }) => name, height: listHeight });
  const { selected } = table;

  const actions = useServerActions(selected);
  useKeys({
    order: layerOrder.screen,
    actions: {
      ...actions,
      "servers.logs": () => (setTab(2), setFocus("detail")),
      "detail.pane": () => setFocus(focus === "list" ? "detail" : "list"),
    },
  });
  useKeys(
    focus === "list"
      ? {
          order: layerOrder.pane,
          actions: {
            "list.open": () => setFocus("detail"),
            "list.filter": filter.edit,
            ...table.actions,
            ...sortActions,
            "list.copy": () => selected && copy(selected.name),
            ...(filter.text !== "" && { "app.back": filter.clear }),
          },
        }
      : undefined,
  );
  return { query, total: all?.length ?? 0, filter, columns, sort, table, focus, setFocus, tab, setTab };
}

function useServerActions(server: ServerSummary | undefined): KeyLayer["actions"] {
  const act = useAction();
  const isLive = usePulse().is === "live";
  const disabled = server === undefined ? "no server is selected" : isLive ? undefined : "hub unreachable";
  const name = server?.name ?? "";
  const isDown = server !== undefined && startable.has(server.state);
  return {
    "servers.restart": {
      disabled,
      run: () => void act("servers.restart", { name }, { doing: `restart ${name}`, done: `${name} restarted` }),
    },
    "servers.toggle": {
      disabled,
      run: () =>
        void (isDown
          ? act("servers.start", { name }, { doing: `start ${name}`, done: `${name} started` })
          : act("servers.stop", { name }, { doing: `stop ${name}`, done: `${name} stopped` })),
    },
  };
}
