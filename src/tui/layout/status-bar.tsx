import { useEffect } from "react";
import { useClient } from "#tui/client/client-context.tsx";
import { useQuery } from "#tui/client/use-query.ts";
import { usePulse } from "#tui/client/use-events.ts";
import type { PulseState } from "#tui/client/hub-pulse.ts";
import { cell, spread } from "#tui/text/cell.ts";
import { duration } from "#tui/text/quantity.ts";
import type { Theme } from "#tui/theme.ts";
import { Region, usePainter, type Rect } from "./region.tsx";
import { useTheme } from "./theme-context.ts";
import { viewTitle, type ViewId } from "./views.ts";

const where = { socket: "local", "in-process": "in-process", url: "remote" } as const;

/** The first line: which hub, whether it is there, and the counts that matter. */
export function StatusBar({
  rect,
  view,
  version,
}: {
  readonly rect: Rect;
  /** Named here where there is no row of tabs. */ readonly view: ViewId | undefined;
  readonly version: string;
}) {
  const theme = useTheme();
  const painter = usePainter();
  const { feed, pulse, clock, connection } = useClient();
  const state = usePulse();
  const status = useQuery("hub.status", {}).data;
  useEffect(() => feed.onEvent(() => painter.requestSoon()), [feed, painter]);
  // The rate falls to zero, and the wait until the next try shrinks, without any event: only then is there a clock to run.
  useEffect(() => {
    const tick = clock.every(1000, () => (pulse.state.is === "stale" || feed.rates().some(Boolean)) && painter.requestSoon());
    return () => tick[Symbol.dispose]();
  }, [clock, feed, pulse, painter]);

  const isNarrow = rect.width < 100;
  const line = () => {
    const left = [
      theme.strong(" hubctl"),
      where[connection.where],
      connectionWord(theme, state, clock.now()),
      view && theme.strong(`[${viewTitle(view)}]`),
    ];
    const rate = feed.rate();
    const failed = status?.servers.failed ?? 0;
    const right = [
      status && `${status.servers.ready}/${status.servers.total} up`,
      status && !isNarrow && `${status.tools} tools`,
      rate > 0 && `${rate} ev/s`,
      failed > 0 && theme.bad(`${theme.glyph.warning}${failed}`),
      !isNarrow && theme.muted(`v${cell(status?.version ?? version)}`),
    ];
    return spread(left.filter(Boolean).join("  "), `${right.filter(Boolean).join("  ")} `, rect.width);
  };
  return <Region rect={rect} line={line} />;
}

function connectionWord(theme: Theme, state: PulseState, now: number): string {
  switch (state.is) {
    case "live":
      return theme.ok(`${theme.glyph.running} live`);
    case "connecting":
      return theme.muted(`${theme.glyph.stopped} connecting`);
    case "signed-out":
      return theme.bad(`${theme.glyph.failed} signed out`);
    case "stale":
      return theme.warn(
        `${theme.glyph.stopped} reconnecting in ${duration(Math.max(0, Math.ceil((state.retryAt - now) / 1000) * 1000)).replace(".0", "")} (try ${state.attempt})`,
      );
  }
}
