import { useMemo, useState } from "react";
import { useApplication } from "#tui/app-context.ts";
import { useAction } from "#tui/client/use-action.ts";
import { useQuery } from "#tui/client/use-query.ts";
import { keyLabel } from "#tui/keys/keymap.ts";
import { useKeyRouter } from "#tui/keys/use-keys.ts";
import { views } from "#tui/layout/views.ts";
import { useOpen } from "#tui/screens/open.ts";
import { cell } from "#tui/text/cell.ts";
import type { PaletteEntry } from "./rank.ts";

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Everything the palette can do from here: what keys do, views, and each server and tool by name. */
export function usePaletteEntries(): readonly PaletteEntry[] {
  const router = useKeyRouter();
  const { go } = useApplication();
  const open = useOpen();
  const act = useAction();
  const [actions] = useState(() => router.available());
  const servers = useQuery("servers.list", {}).data?.items;
  const tools = useQuery("tools.list", {}).data?.items;
  return useMemo(() => {
    const fromViews = views.map((view): PaletteEntry => ({
      title: `Go to ${view.title}`,
      key: view.key,
      kind: "view",
      run: () => go(view.id),
    }));
    const fromKeys = actions
      .filter(({ binding, disabled }) => disabled === undefined && !/^(view|list|json|edit|dialog)\.|^app\.(palette|back)/.test(binding.id))
      .map(({ binding, run }): PaletteEntry => ({ title: capital(binding.title), key: keyLabel(binding.keys[0]!), kind: "action", run }));
    const hub: PaletteEntry = {
      title: "Restart the hub",
      kind: "action",
      run: () => void act("hub.restart", {}, { doing: "restart the hub", done: "the hub was restarted" }),
    };
    const fromServers = (servers ?? []).flatMap(({ name }): PaletteEntry[] => [
      {
        title: `Restart server ${cell(name)}`,
        kind: "server",
        run: () => void act("servers.restart", { name }, { doing: `restart ${name}`, done: `${name} restarted` }),
      },
      { title: `Server ${cell(name)}`, kind: "server", run: () => open.server(name) },
    ]);
    const fromTools = (tools ?? []).map(({ id }): PaletteEntry => ({ title: `Tool ${cell(id)}`, kind: "tool", run: () => open.tool(id) }));
    return [...fromViews, ...fromKeys, hub, ...fromServers, ...fromTools];
  }, [actions, servers, tools, go, open, act]);
}
