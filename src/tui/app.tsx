import { Box, useInput, usePaste, useWindowSize } from "ink";
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { appReducer, appStart, type AppAction } from "./app-state.ts";
import { AppContext, type AppControl } from "./app-context.ts";
import { useClient } from "./client/client-context.tsx";
import { usePulse } from "./client/use-events.ts";
import { HelpOverlay } from "./keys/help-overlay.tsx";
import { keyName } from "./keys/key-name.ts";
import { KeyRouter, layerOrder } from "./keys/key-router.ts";
import { KeyRouterContext, useKeys } from "./keys/use-keys.ts";
import { screenLayout } from "./layout/screen-layout.ts";
import { usePainter } from "./layout/region.tsx";
import { Frame } from "./layout/frame.tsx";
import type { ViewId } from "./layout/views.ts";
import { useOpenProblem } from "./screens/open.ts";
import { useRemembered } from "./state/remembered.ts";
import { copyText } from "./terminal/clipboard.ts";
import { editText } from "./terminal/external-editor.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { Palette } from "./widgets/palette/palette.tsx";
import { NotifyContext, type Notify } from "./widgets/toast/use-toasts.ts";
import { useForeground } from "./terminal/use-foreground.ts";

const toastTime = 6000;

export interface AppProps {
  readonly version: string;
  readonly terminal: Terminal;
  readonly temporaryDirectory: string;
  /** Ends the interface by way of the terminal session: Ink's own exit would unmount before the terminal is put in order. */
  readonly quit: () => void;
}

/** The root: keys go to the router, the frame shows the view, dialogs lie above it. */
export function App({ version, terminal, temporaryDirectory, quit }: AppProps) {
  const { columns, rows } = useWindowSize();
  const { cache, pulse } = useClient();
  const painter = usePainter();
  const runForeground = useForeground(terminal);
  const [view, rememberView] = useRemembered<ViewId>("view", "home");
  const [state, dispatch] = useReducer(appReducer, view, appStart);
  const layout = screenLayout(columns, rows);

  const notify = useToasts(dispatch);
  const [router] = useState(() => new KeyRouter((reason) => notify({ level: "warn", text: reason })));
  useInput((input, key) => {
    const name = keyName(input, key);
    if (name !== undefined) router.press(name);
    painter.request();
  });
  usePaste((text) => router.paste(text));

  useRefetchOnReturn();
  useEffect(() => rememberView(state.view), [state.view, rememberView]);

  const control: AppControl = useMemo(
    () => ({
      view: state.view,
      go: (next) => dispatch({ type: "go", view: next }),
      quit,
      isZoomed: state.isZoomed,
      isWide: layout.isWide && !state.isZoomed,
      copy: (text) => void copyText(terminal, text).then(notify),
      editExternally: (text) => editText({ terminal, runForeground, temporaryDirectory }, text),
    }),
    [state.view, state.isZoomed, layout.isWide, quit, terminal, runForeground, temporaryDirectory, notify],
  );

  return (
    <KeyRouterContext value={router}>
      <NotifyContext value={notify}>
        <AppContext value={control}>
          <GlobalKeys
            dispatch={dispatch}
            atRoot={state.view === "home"}
            suspend={() => void runForeground(async () => void terminal.process.kill(0, "SIGTSTP"))}
            refresh={() => (pulse.retryNow(), cache.refetch())}
            redraw={() => painter.invalidate()}
            quit={quit}
          />
          {/* Blank on purpose: regions are painted over it, and as tall as the screen it keeps Ink from scrolling. */}
          <Box width={columns} height={rows} />
          <Frame columns={columns} rows={rows} layout={layout} state={state} version={version} />
          {state.overlay === "palette" && <Palette within={layout.body} close={() => dispatch({ type: "overlay", overlay: "none" })} />}
          {state.overlay === "help" && <HelpOverlay within={layout.body} close={() => dispatch({ type: "overlay", overlay: "none" })} />}
        </AppContext>
      </NotifyContext>
    </KeyRouterContext>
  );
}

type Dispatch = (action: AppAction) => void;

/** Shows a message until the next one, or for a while. */
function useToasts(dispatch: Dispatch): Notify {
  const { clock } = useClient();
  const last = useRef(0);
  return useCallback(
    (toast) => {
      const id = ++last.current;
      dispatch({ type: "toast", toast, id });
      clock.after(toastTime, () => dispatch({ type: "toastGone", id }));
    },
    [clock, dispatch],
  );
}

/** What happened while the hub was away was not told in full: everything on screen is asked for again. */
function useRefetchOnReturn(): void {
  const { cache } = useClient();
  const pulse = usePulse();
  const wasAway = useRef(false);
  useEffect(() => {
    if (pulse.is === "live" && wasAway.current) cache.refetch();
    wasAway.current = pulse.is === "stale";
  }, [pulse, cache]);
}

interface GlobalKeysProps {
  readonly dispatch: Dispatch;
  readonly atRoot: boolean;
  readonly suspend: () => void;
  readonly refresh: () => void;
  readonly redraw: () => void;
  readonly quit: () => void;
}

/** The keys that work everywhere: `q` leaves a view and quits at the root, Esc only ever climbs. */
function GlobalKeys({ dispatch, atRoot, suspend, refresh, redraw, quit }: GlobalKeysProps) {
  const openProblem = useOpenProblem();
  const go = (view: ViewId) => () => dispatch({ type: "go", view });
  useKeys({
    order: layerOrder.app,
    actions: {
      "view.home": go("home"),
      "view.servers": go("servers"),
      "view.tools": go("tools"),
      "view.events": go("events"),
      "app.palette": () => dispatch({ type: "overlay", overlay: "palette" }),
      "app.help": () => dispatch({ type: "overlay", overlay: "help" }),
      "app.back": () => undefined,
      "app.quit": () => (atRoot ? quit() : dispatch({ type: "go", view: "home" })),
      "app.problem": openProblem,
      "app.lastView": () => dispatch({ type: "goBack" }),
      "app.refresh": refresh,
      "app.zoom": () => dispatch({ type: "zoom" }),
      "app.redraw": redraw,
      "app.suspend": suspend,
      "app.interrupt": quit,
    },
  });
  return null;
}
