import { useQuery } from "#tui/client/use-query.ts";
import { layerOrder } from "#tui/keys/key-router.ts";
import { useKeys } from "#tui/keys/use-keys.ts";
import { Pane } from "#tui/layout/pane.tsx";
import { useTheme } from "#tui/layout/theme-context.ts";
import type { ScreenProps } from "#tui/screens/screen.ts";
import { cell } from "#tui/text/cell.ts";
import { LoadedToolForm } from "./loaded-tool-form.tsx";

export interface ToolFormProps extends ScreenProps {
  readonly id: string;
  readonly close: () => void;
}

/** The form of one tool, once its schema is there. */
export function ToolForm({ rect, id, close }: ToolFormProps) {
  const theme = useTheme();
  const { data, error } = useQuery("tools.show", { id });
  if (data) return <LoadedToolForm rect={rect} tool={data} close={close} />;
  const text = error ? theme.bad(` ${cell(error.message)}`) : theme.muted(" Loading the schema …");
  return <UnloadedToolForm rect={rect} title={cell(id)} text={text} close={close} />;
}

function UnloadedToolForm({
  rect,
  title,
  text,
  close,
}: ScreenProps & { readonly title: string; readonly text: string; readonly close: () => void }) {
  useKeys({ order: layerOrder.form, actions: { "app.back": close, "app.quit": close } });
  return <Pane rect={rect} look={{ title, isFocused: true }} line={(i) => (i === 1 ? text : "")} />;
}
