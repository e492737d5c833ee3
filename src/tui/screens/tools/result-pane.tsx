import { useClient } from "#tui/client/client-context.tsx";
import { layerOrder } from "#tui/keys/key-router.ts";
import { useKeys } from "#tui/keys/use-keys.ts";
import { Pane } from "#tui/layout/pane.tsx";
import { useTheme } from "#tui/layout/theme-context.ts";
import type { ScreenProps } from "#tui/screens/screen.ts";
import { cell } from "#tui/text/cell.ts";
import { plural } from "#tui/text/quantity.ts";
import { JsonPane } from "#tui/widgets/json-view/json-pane.tsx";
import { useScroll } from "#tui/widgets/log-view/use-scroll.ts";
import { historyLine, outcomeLine, resultView, textLines } from "./result-text.ts";
import type { FinishedCall, RunningCall } from "./use-tool-call.ts";

export interface ResultPaneProps extends ScreenProps {
  readonly running: RunningCall | undefined;
  readonly history: readonly FinishedCall[];
  readonly isFocused: boolean;
  readonly leave: () => void;
}

const historyLines = 6;

/** What came of the last call, and the calls before it. */
export function ResultPane({ rect, running, history, isFocused, leave }: ResultPaneProps) {
  const theme = useTheme();
  const { clock } = useClient();
  const [last, ...before] = history;
  if (running || !last) return <WaitingPane rect={rect} running={running} isFocused={isFocused} leave={leave} />;
  const head = [` ${outcomeLine(theme, last, clock.now())}`, ""];
  const past = before.slice(0, historyLines).map((call) => ` ${historyLine(theme, call, clock.now())}`);
  const above =
    past.length > 0
      ? [` ${theme.muted("before")}`, ...past, ` ${theme.muted(theme.glyph.horizontal.repeat(rect.width - 4))}`, ...head]
      : head;
  const view = last.outcome.kind === "result" ? resultView(last.outcome.result) : undefined;
  if (view?.kind === "json")
    return <JsonPane rect={rect} title="Result" value={view.value} head={above} isFocused={isFocused} leave={leave} />;
  const text = view ? view.text : failureText(last);
  return <TextPane rect={rect} head={above} text={text} isFocused={isFocused} leave={leave} />;
}

function failureText({ outcome }: FinishedCall): string {
  if (outcome.kind === "result") return "";
  return [outcome.error.message, outcome.error.hint].filter(Boolean).join("\n\n");
}

function WaitingPane({ rect, running, isFocused, leave }: Omit<ResultPaneProps, "history">) {
  const theme = useTheme();
  useKeys(isFocused ? { order: layerOrder.pane, actions: { "app.back": leave, "app.quit": leave } } : undefined);
  const line = (index: number) => {
    if (index !== 1) return "";
    if (!running) return theme.muted(" Ctrl+S calls the tool; what it answers shows here");
    const { progress } = running;
    const part = progress?.total ? ` ${Math.round((100 * progress.progress) / progress.total)} %` : "";
    return ` ${theme.accent(theme.glyph.starting)} calling …${part} ${cell(progress?.message ?? "")}  ${theme.muted("Ctrl+C cancels")}`;
  };
  return <Pane rect={rect} look={{ title: "Result", isFocused }} line={line} />;
}

function TextPane({
  rect,
  head,
  text,
  isFocused,
  leave,
}: ScreenProps & { readonly head: readonly string[]; readonly text: string; readonly isFocused: boolean; readonly leave: () => void }) {
  const lines = textLines(text, rect.width - 4);
  const scroll = useScroll(lines.length, rect.height - 2 - head.length);
  useKeys(isFocused ? { order: layerOrder.pane, actions: { ...scroll.actions, "app.back": leave, "app.quit": leave } } : undefined);
  const line = (index: number) => head[index] ?? ` ${lines[scroll.top + index - head.length] ?? ""}`;
  return <Pane rect={rect} look={{ title: "Result", footer: plural(lines.length, "line"), isFocused }} line={line} />;
}
