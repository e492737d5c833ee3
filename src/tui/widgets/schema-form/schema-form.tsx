import { Pane } from "#tui/layout/pane.tsx";
import type { Rect } from "#tui/layout/region.tsx";
import { useTheme } from "#tui/layout/theme-context.ts";
import { cell, wrap } from "#tui/text/cell.ts";
import { Picker } from "../palette/picker.tsx";
import { editingColumn, fieldNote, formLine, nameColumnsFor } from "./form-line.ts";
import { formRows } from "./form-rows.ts";
import { choicesOf, focused } from "./form-state.ts";
import { covered, valueOf } from "./form-value.ts";
import type { useSchemaForm } from "./use-schema-form.ts";

export interface SchemaFormProps {
  readonly rect: Rect;
  readonly title: string;
  readonly description: string;
  readonly form: ReturnType<typeof useSchemaForm>;
  readonly isFocused: boolean;
}

/** The lines of a form, scrolled to the field in focus, with what the field is about below them. */
export function SchemaForm({ rect, title, description, form, isFocused }: SchemaFormProps) {
  const theme = useTheme();
  const { state } = form;
  const columns = rect.width - 2;
  const rows = formRows(state.root);
  const at = Math.max(
    0,
    rows.findIndex(({ field }) => field.id === state.focus),
  );
  const field = focused(state);
  const head = [...wrap(description, columns - 2).slice(0, 2), ""];
  const note = state.editing?.problem
    ? theme.bad(` ${theme.glyph.failed} ${cell(state.editing.problem)}`)
    : theme.muted(` ${fieldNote(field)}`);
  const room = rect.height - 2 - head.length - 2;
  const top = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
  const nameColumns = nameColumnsFor(rows, columns);

  const request = wrap(JSON.stringify(valueOf(covered(state.root))), columns - 2).map((text) => ` ${text}`);
  const below =
    rows.length === 0 ? [theme.muted("  This tool takes no arguments. Ctrl+S calls it")] : ["", theme.muted(" Request"), ...request];
  const line = (index: number) => {
    if (index < head.length) return ` ${head[index]}`;
    if (index === rect.height - 3) return note;
    if (index === rect.height - 4) return theme.muted(theme.glyph.horizontal.repeat(columns));
    const row = rows[top + index - head.length];
    if (!row) return below[index - head.length - rows.length] ?? "";
    const isHere = row.field.id === state.focus;
    return formLine(row, {
      theme,
      columns,
      isFocused: isHere && isFocused,
      nameColumns,
      error: state.errors.get(row.field.id),
      editing: isHere ? state.editing : undefined,
    });
  };
  const status = state.errors.size > 0 ? `${state.errors.size} to fix` : "Ctrl+S run";
  const cursor = state.editing && { x: editingColumn(field, state.editing, { columns, nameColumns }), y: head.length + at - top };
  const entries = choicesOf(field).map((value) => ({
    title: value === undefined ? "unset" : cell(String(value)),
    kind: "choice" as const,
    run: () => form.choose(value),
  }));
  return (
    <>
      <Pane
        rect={rect}
        look={{ title, footer: rows.length ? `field ${at + 1}/${rows.length} ${theme.glyph.dot} ${status}` : status, isFocused }}
        line={line}
        cursor={cursor}
      />
      {form.isPicking && <Picker within={rect} title={cell(field.name)} entries={entries} close={form.stopPicking} />}
    </>
  );
}
