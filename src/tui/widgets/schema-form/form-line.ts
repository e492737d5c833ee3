import { cell, cut, fit, width } from "#tui/text/cell.ts";
import type { Theme } from "#tui/theme.ts";
import type { FormRow } from "./form-rows.ts";
import type { FormEditing } from "./form-state.ts";
import type { Field } from "./form-tree.ts";
import { covered, isTouched, valueOf } from "./form-value.ts";
import { visibleLine } from "../text-input/line-editor.ts";

export interface FormLineLook {
  readonly theme: Theme;
  readonly columns: number;
  readonly isFocused: boolean;
  readonly nameColumns: number;
  readonly error: string | undefined;
  readonly editing: FormEditing | undefined;
}

const typeColumns = 8;
const secretMask = "•";

/** Columns left of the value: marker, indentation, name and type. */
const valueStart = (nameColumns: number) => 4 + nameColumns + 1 + typeColumns + 1;

export const nameColumnsFor = (rows: readonly FormRow[], columns: number): number =>
  Math.min(
    Math.floor(columns / 3),
    rows.reduce((most, { field, depth }) => Math.max(most, depth * 2 + width(cell(field.name))), 8),
  );

/** One line of the form: what it is called, its type, its value, and whether that is right. */
export function formLine({ field, depth }: FormRow, look: FormLineLook): string {
  const { theme, columns, isFocused, nameColumns, error, editing } = look;
  const marker = isFocused ? theme.accent(theme.glyph.cursor) : " ";
  const name = `${"  ".repeat(depth)}${cell(field.name)}`;
  const shown = isFocused ? theme.strong(fit(name, nameColumns)) : fit(name, nameColumns);
  const fold = insideMark(theme, field);
  const status = error !== undefined ? theme.bad(`${theme.glyph.failed} ${error}`) : isTouched(field) ? theme.ok(theme.glyph.ok) : "";
  const left = `${marker}${field.isRequired && !isItem(field) ? theme.accent("*") : " "}${fold} ${shown} ${theme.muted(fit(typeWord(field), typeColumns))} `;
  const room = columns - valueStart(nameColumns) - width(status) - 2;
  const value = editing ? editorText(field, editing, { theme, room }) : valueText(theme, field, isFocused);
  return `${left}${fit(cut(value, room), room)} ${status}`;
}

/** Where the terminal's cursor stands while the field is edited. */
export function editingColumn(
  field: Field,
  editing: FormEditing,
  look: { readonly columns: number; readonly nameColumns: number },
): number {
  const prefix = editing.what === "key" ? width(keyPrompt) : 0;
  const room = look.columns - valueStart(look.nameColumns) - 4 - prefix;
  return valueStart(look.nameColumns) + prefix + visibleLine(editing.line, room, maskOf(field)).column;
}

const keyPrompt = "new key: ";

function editorText(field: Field, editing: FormEditing, { theme, room }: { readonly theme: Theme; readonly room: number }): string {
  const prefix = editing.what === "key" ? keyPrompt : "";
  const { text } = visibleLine(editing.line, room - 2 - width(prefix), editing.what === "value" ? maskOf(field) : undefined);
  return `${theme.muted(prefix)}${theme.underlined(`${text} `)}`;
}

const maskOf = ({ shape }: Field) => (shape.kind === "string" && shape.isSecret ? secretMask : undefined);
const isItem = (field: Field) => field.isRemovable && /^\d+$/.test(field.name);

function insideMark(theme: Theme, field: Field): string {
  const { kind } = field.shape;
  if (field.value !== undefined || (kind !== "object" && kind !== "array" && kind !== "variants")) return " ";
  return theme.muted(field.isOpen ? theme.glyph.open : theme.glyph.closed);
}

function typeWord({ shape, value }: Field): string {
  if (shape.kind === "number") return shape.isInteger ? "integer" : "number";
  if (shape.kind === "string") return shape.format?.slice(0, typeColumns) ?? "string";
  const words = { boolean: "bool", choice: "choice", object: "object", array: "array", variants: "one of", json: "json" } as const;
  return value !== undefined && (shape.kind === "object" || shape.kind === "array" || shape.kind === "variants")
    ? "json"
    : words[shape.kind];
}

/** What stands there: the value; dimmed what would be sent without touching it, or the default; a dash for nothing. */
function valueText(theme: Theme, field: Field, isFocused: boolean): string {
  if (field.value === null) return theme.warn("null");
  if (field.value !== undefined) return scalarText(theme, field);
  const { shape } = field;
  switch (shape.kind) {
    case "object":
      return objectText(theme, field);
    case "array":
      return `${field.children?.length ?? 0} items${isFocused ? theme.muted("   a add") : ""}`;
    case "variants":
      return chosen(theme, field.active === undefined ? undefined : shape.variants[field.active]?.title);
    case "choice":
      return chosen(theme, field.isRequired ? shape.options.find(({ value }) => value === valueOf(field))?.label : undefined);
    default:
      return theme.muted(shape.default === undefined ? theme.glyph.none : cell(`${JSON.stringify(shape.default)} (default)`));
  }
}

function objectText(theme: Theme, field: Field): string {
  if (field.isOpen) return "";
  if (isTouched(field)) return theme.muted(cell(JSON.stringify(valueOf(covered(field)))));
  const fields = field.shape.kind === "object" ? field.shape.properties.length : 0;
  return theme.muted(fields > 0 ? `${fields} fields` : theme.glyph.none);
}

function scalarText(theme: Theme, { shape, value }: Field): string {
  if (shape.kind === "boolean") return value ? `[${theme.glyph.check}] true` : "[ ] false";
  if (shape.kind === "choice") return chosen(theme, shape.options.find((option) => Bun.deepEquals(option.value, value))?.label);
  if (typeof value !== "string" || shape.kind !== "string") return cell(JSON.stringify(value));
  return shape.isSecret ? secretMask.repeat(8) : cell(value);
}

const chosen = (theme: Theme, label: string | undefined) =>
  `${theme.muted(theme.glyph.left)} ${label === undefined ? theme.muted("unset") : cell(label)} ${theme.muted(theme.glyph.right)}`;

/** What the footer says about a field: its description, and what it accepts. */
export function fieldNote({ shape }: Field): string {
  const limits = [];
  if (shape.kind === "number") {
    if (shape.minimum !== -Infinity || shape.maximum !== Infinity)
      limits.push(`${shape.minimum === -Infinity ? "" : shape.minimum}..${shape.maximum === Infinity ? "" : shape.maximum}`);
    if (shape.multipleOf) limits.push(`multiple of ${shape.multipleOf}`);
  }
  if (shape.kind === "string" && shape.format) limits.push(shape.format);
  if (shape.kind === "choice") limits.push(shape.options.map(({ label }) => label).join(" | "));
  if (shape.kind === "variants") limits.push(shape.variants.map(({ title }) => title).join(" | "));
  if (shape.isNullable) limits.push("may be null");
  return cell([shape.description, ...limits].filter(Boolean).join("   "));
}
