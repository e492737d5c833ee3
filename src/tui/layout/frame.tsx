import type { AppState } from "#tui/app-state.ts";
import { useQuery } from "#tui/client/use-query.ts";
import { useClient } from "#tui/client/client-context.tsx";
import { EventsScreen } from "#tui/screens/events/events-screen.tsx";
import { HomeScreen } from "#tui/screens/home/home-screen.tsx";
import { ServersScreen } from "#tui/screens/servers/servers-screen.tsx";
import { ToolsScreen } from "#tui/screens/tools/tools-screen.tsx";
import { MessageLine } from "#tui/widgets/toast/message-line.tsx";
import { HintBar } from "./hint-bar.tsx";
import { Region } from "./region.tsx";
import { smallest, type ScreenLayout } from "./screen-layout.ts";
import { ScreenBoundary } from "./screen-boundary.tsx";
import { StatusBar } from "./status-bar.tsx";
import { ViewTabs } from "./tabs.tsx";
import type { ViewId } from "./views.ts";

const screens = { home: HomeScreen, servers: ServersScreen, tools: ToolsScreen, events: EventsScreen } satisfies Record<ViewId, unknown>;

export interface FrameProps {
  readonly columns: number;
  readonly rows: number;
  readonly layout: ScreenLayout;
  readonly state: AppState;
  readonly version: string;
}

/** The lines around a screen, and the screen. */
export function Frame({ columns, rows, layout, state, version }: FrameProps) {
  if (layout.isTooSmall) return <TooSmall columns={columns} rows={rows} />;
  const Screen = screens[state.view];
  return (
    <>
      <StatusBar rect={layout.header} view={layout.tabs ? undefined : state.view} version={version} />
      {layout.tabs && <ViewTabs rect={layout.tabs} view={state.view} />}
      <ScreenBoundary key={state.view} rect={layout.body}>
        <Screen rect={layout.body} />
      </ScreenBoundary>
      <MessageLine rect={layout.message} toast={state.toast} />
      <HintBar rect={layout.hints} />
    </>
  );
}

function TooSmall({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  const { feed } = useClient();
  const status = useQuery("hub.status", {}).data;
  const lines = [
    `hubctl needs at least ${smallest.columns}x${smallest.rows} (now ${columns}x${rows})`,
    "",
    status ? `${status.servers.ready}/${status.servers.total} up · ${feed.rate()} ev/s · ${status.servers.failed} problems` : "",
    "",
    "q quit · enlarge the window to continue",
  ];
  return <Region rect={{ x: 0, y: 0, width: columns, height: rows }} line={(i) => lines[i] ?? ""} />;
}
