import { useCallback, useContext, useMemo } from "react";
import { useApplication } from "#tui/app-context.ts";
import { problemsOf } from "#tui/screens/servers/server-look.ts";
import { MemoryContext } from "#tui/state/remembered.ts";
import { useClient } from "#tui/client/client-context.tsx";
import { useNotify } from "#tui/widgets/toast/use-toasts.ts";
import { listStart, type ListState } from "#tui/widgets/table/list-state.ts";

/** Ways to a particular thing in another view. */
export function useOpen() {
  const memory = useContext(MemoryContext);
  const { go } = useApplication();
  return useMemo(() => {
    const select = (view: string, id: string) => {
      memory.set(`${view}.filter`, "");
      memory.set(`session.${view}.list`, { ...listStart, selected: id });
    };
    return {
      server(name: string) {
        select("servers", name);
        memory.set("session.servers.focus", "detail");
        go("servers");
      },
      tool(id: string) {
        select("tools", id);
        memory.set("session.tools.form", id);
        go("tools");
      },
    };
  }, [memory, go]);
}

/** Opens the server with the worst problem; from there, the next one. */
export function useOpenProblem() {
  const memory = useContext(MemoryContext);
  const { view } = useApplication();
  const { cache } = useClient();
  const open = useOpen();
  const notify = useNotify();
  return useCallback(() => {
    const problems = problemsOf(cache.read("servers.list", {}).data?.items ?? []);
    const { selected } = memory.get<ListState>("session.servers.list", listStart);
    const at = view === "servers" ? problems.findIndex(({ name }) => name === selected) : -1;
    const next = problems[(at + 1) % problems.length];
    if (next) open.server(next.name);
    else notify({ level: "ok", text: "no problems" });
  }, [memory, view, cache, open, notify]);
}
