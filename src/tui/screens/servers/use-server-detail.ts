import { useEffect, useMemo } from "react";
import type { ServerSummary } from "#hub/servers/schema.ts";
import { useClient } from "#tui/client/client-context.tsx";
import { useQuery } from "#tui/client/use-query.ts";
import { useTheme } from "#tui/layout/theme-context.ts";
import { configLines, headLines, logLines, overviewLines, toolLines } from "./detail-lines.ts";

export const detailTabs = ["Overview", "Tools", "Logs", "Config"] as const;
export const logsTab = 2;
const logPoll = 2000;

/** The tab that matters: the logs of a server that failed, the overview of any other. */
export const tabFor = (server: ServerSummary | undefined, chosen: number | undefined): number =>
  chosen ?? (server?.state === "failed" || server?.state === "backing_off" ? logsTab : 0);

/** The lines of one server's detail pane: a head that says how it is, and the chosen tab. */
export function useServerDetail(server: ServerSummary | undefined, tab: number, columns: number) {
  const theme = useTheme();
  const { cache, clock, pulse } = useClient();
  const input = server && { name: server.name };
  const detail = useQuery("servers.get", input).data;
  const tools = useQuery("tools.list", server && tab === 1 ? { source: server.name } : undefined);
  const logs = useQuery("servers.logs", input && tab === logsTab ? { ...input, limit: 500 } : undefined);
  useEffect(() => {
    if (tab !== logsTab) return undefined;
    const poll = clock.every(logPoll, () => pulse.state.is === "live" && cache.refetch("servers.logs"));
    return () => poll[Symbol.dispose]();
  }, [tab, cache, clock, pulse]);

  const body = useMemo(() => {
    if (!server) return [];
    if (tab === 0) return overviewLines(server, detail, { theme, columns, now: clock.now() });
    if (tab === 1) return tools.data ? toolLines(theme, tools.data.items, columns) : [];
    if (tab === logsTab) return logs.data ? logLines(theme, logs.data.items) : [];
    return detail ? configLines(detail, { theme, columns, now: clock.now() }) : [];
  }, [theme, clock, server, detail, tools.data, logs.data, tab, columns]);
  return { head: server ? headLines(server, { theme, columns, now: clock.now() }) : [], body, tools: server?.counts.tools ?? 0 };
}
