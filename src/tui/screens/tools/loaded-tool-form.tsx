import { useApplication } from "#tui/app-context.ts";
import { usePulse } from "#tui/client/use-events.ts";
import type { ToolDetail } from "#hub/catalog/schema.ts";
import { layerOrder } from "#tui/keys/key-router.ts";
import { useKeys } from "#tui/keys/use-keys.ts";
import { splitColumns } from "#tui/layout/screen-layout.ts";
import type { ScreenProps } from "#tui/screens/screen.ts";
import { useRemembered } from "#tui/state/remembered.ts";
import { cell } from "#tui/text/cell.ts";
import { SchemaForm } from "#tui/widgets/schema-form/schema-form.tsx";
import { useSchemaForm } from "#tui/widgets/schema-form/use-schema-form.ts";
import { useNotify } from "#tui/widgets/toast/use-toasts.ts";
import { cliCommand } from "./cli-command.ts";
import { ResultPane } from "./result-pane.tsx";
import { useToolCall } from "./use-tool-call.ts";

/** The form of one tool on the left, what came of its calls on the right. */
export function LoadedToolForm({ rect, tool, close }: ScreenProps & { readonly tool: ToolDetail; readonly close: () => void }) {
  const { isWide, copy } = useApplication();
  const notify = useNotify();
  const isLive = usePulse().is === "live";
  const [focus, setFocus] = useRemembered<"form" | "result">(`session.form.focus.${tool.id}`, "form");
  const { call, running, history } = useToolCall(tool.id);
  const run = (given: Record<string, unknown>, shown: Record<string, unknown>) => {
    if (!isLive) return notify({ level: "warn", text: "the hub is unreachable; the form is kept" });
    setFocus("result");
    void call(given, shown);
  };
  const last = history[0];
  const form = useSchemaForm({
    draft: tool.id,
    schema: tool.inputSchema,
    isActive: focus === "form",
    submit: run,
    extraActions: {
      "tools.repeat": {
        run: () => last && (form.replace(last.arguments), run({ ...last.arguments }, { ...last.shown })),
        disabled: last ? undefined : "it was not called yet",
      },
      "form.copyCli": () => copy(cliCommand(tool.id, form.shown)),
      "app.back": close,
      "app.quit": close,
    },
  });
  useKeys({
    order: layerOrder.screen,
    actions: {
      "detail.nextTab": () => setFocus(focus === "form" ? "result" : "form"),
      "detail.previousTab": () => setFocus(focus === "form" ? "result" : "form"),
      ...(running && { "app.interrupt": running.cancel }),
    },
  });
  const [left, right] = isWide ? splitColumns(rect) : [rect, rect];
  const title = `${cell(tool.id)}${tool.available ? "" : " (unavailable)"}`;
  return (
    <>
      {(isWide || focus === "form") && (
        <SchemaForm rect={left} title={title} description={tool.description ?? ""} form={form} isFocused={focus === "form"} />
      )}
      {(isWide || focus === "result") && (
        <ResultPane rect={right} running={running} history={history} isFocused={focus === "result"} leave={() => setFocus("form")} />
      )}
    </>
  );
}
