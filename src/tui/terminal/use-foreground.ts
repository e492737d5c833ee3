import { useApp } from "ink";
import { useCallback } from "react";
import { usePainter } from "#tui/layout/region.tsx";
import { useStdinFilter } from "./stdin-context.ts";
import type { Terminal } from "./terminal.ts";

export type RunForeground = <T>(run: () => Promise<T>) => Promise<T>;

/** Gives the terminal to somebody else, the shell or an editor, and takes it back with a full redraw. */
export function useForeground(terminal: Terminal): RunForeground {
  const { suspendTerminal } = useApp();
  const painter = usePainter();
  const input = useStdinFilter();
  return useCallback(
    async (run) => {
      painter.pause();
      await input.pause();
      const suspension = await suspendTerminal();
      try {
        return await run();
      } finally {
        input.resume();
        await suspension.resume();
        terminal.stdout.write("\u001b[?25l");
        painter.resume();
      }
    },
    [suspendTerminal, painter, input, terminal],
  );
}
