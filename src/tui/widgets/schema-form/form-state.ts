import { editedLine, type EditedLine } from "#tui/widgets/text-input/line-editor.ts";
import { childrenOf, parentOf, update, type Field, type FieldFactory } from "./form-tree.ts";
import { formRows } from "./form-rows.ts";
import { cleared, fill, renumbered, valueOf } from "./form-value.ts";
import { readJson, readTyped, textOf } from "./typed-text.ts";
import { fieldProblem, validateForm, type FormErrors } from "./validate-form.ts";

export interface FormEditing {
  readonly id: number;
  /** The value by its type, the value as JSON, or the name of a new key. */
  readonly what: "value" | "json" | "key";
  readonly line: EditedLine;
  readonly problem: string | undefined;
}

export interface FormState {
  readonly root: Field;
  readonly focus: number;
  readonly editing: FormEditing | undefined;
  /** Shown at the fields; filled when a run was refused, and kept up to date from then on. */
  readonly errors: FormErrors;
}

/** Choices up to this many turn with a key; more open a list. */
export const turnableChoices = 5;

export function formStart(factory: FieldFactory): FormState {
  const root = factory.form();
  return { root, focus: formRows(root)[0]?.field.id ?? root.id, editing: undefined, errors: new Map() };
}

export const focused = (state: FormState): Field => formRows(state.root).find(({ field }) => field.id === state.focus)?.field ?? state.root;

export function moveFocus(state: FormState, by: number): FormState {
  const rows = formRows(state.root);
  const at = rows.findIndex(({ field }) => field.id === state.focus);
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
  return next ? { ...state, focus: next.field.id } : state;
}

/** Enter: opens what has an inside, turns what has few choices, edits the rest. */
export function activate(state: FormState, factory: FieldFactory): FormState {
  const field = focused(state);
  switch (field.shape.kind) {
    case "object":
    case "array":
      return changeFocused(state, (now) => (now.value !== undefined ? now : now.isOpen ? { ...now, isOpen: false } : factory.open(now)));
    case "variants":
    case "boolean":
    case "choice":
      return turn(state, 1, factory);
    default:
      return startEditing(state, "value");
  }
}

/** The next or previous of a few choices; an optional one also passes through unset, a nullable one through null. */
export function turn(state: FormState, by: 1 | -1, factory: FieldFactory): FormState {
  const field = focused(state);
  if (field.shape.kind === "variants") {
    const count = field.shape.variants.length;
    const slots = field.isRequired ? count : count + 1;
    const next = ((field.active ?? (by === 1 ? -1 : field.isRequired ? 0 : count)) + by + slots) % slots;
    return changeFocused(state, (now) => factory.choose(now, next));
  }
  const values = choicesOf(field);
  if (values.length === 0) return state;
  const at = values.findIndex((value) => Bun.deepEquals(value, field.value));
  return setFocused(state, values[(at + by + values.length) % values.length]);
}

/** Every value a choice or a switch can take, `undefined` standing for unset. */
export function choicesOf({ shape, isRequired }: Field): readonly unknown[] {
  const own = shape.kind === "boolean" ? [true, false] : shape.kind === "choice" ? shape.options.map(({ value }) => value) : [];
  if (own.length === 0) return own;
  return [...(isRequired ? [] : [undefined]), ...own, ...(shape.isNullable ? [null] : [])];
}

export const setFocused = (state: FormState, value: unknown): FormState => changeFocused(state, (field) => ({ ...field, value }));

export const unset = (state: FormState): FormState => changeFocused(state, cleared);

/** Opens or closes; closing a field without an inside goes to what holds it. */
export function fold(state: FormState, isOpen: boolean, factory: FieldFactory): FormState {
  const field = focused(state);
  if (isOpen) return changeFocused(state, (now) => (hasInside(now) ? factory.open(now) : now));
  if (field.isOpen) return changeFocused(state, (now) => ({ ...now, isOpen: false }));
  const rows = formRows(state.root);
  const at = rows.findIndex(({ field: each }) => each.id === field.id);
  const above = rows.slice(0, at).findLast(({ depth }) => depth < (rows[at]?.depth ?? 0));
  return above ? { ...state, focus: above.field.id } : state;
}

export const hasInside = ({ shape, value }: Field): boolean =>
  value === undefined && (shape.kind === "object" || shape.kind === "array" || shape.kind === "variants");

/** Adds an item to the array at the focus or around it, or starts to name a new key. */
export function add(state: FormState, factory: FieldFactory): FormState {
  const field = focused(state);
  const target = growable(field) ? field : [...ancestors(state.root, field.id)].findLast(growable);
  if (!target) return state;
  if (target.shape.kind === "object")
    return { ...state, focus: target.id, editing: { id: target.id, what: "key", line: editedLine(), problem: undefined } };
  const item = factory.item(target)!;
  const root = update(state.root, target.id, (now) => ({
    ...now,
    value: undefined,
    isOpen: true,
    children: renumbered([...(now.children ?? []), item]),
  }));
  return refresh({ ...state, root, focus: item.id });
}

const growable = ({ shape }: Field): boolean => shape.kind === "array" || (shape.kind === "object" && shape.additional !== undefined);

function* ancestors(root: Field, id: number): Generator<Field> {
  for (let below = parentOf(root, id); below; below = parentOf(root, below.parent.id)) yield below.parent;
}

export function remove(state: FormState): FormState {
  const at = parentOf(state.root, state.focus);
  if (!at || !focused(state).isRemovable) return state;
  const { parent, index } = at;
  const left = parent.children!.toSpliced(index, 1);
  const children = parent.shape.kind === "array" ? renumbered(left) : left;
  const root = update(state.root, parent.id, (now) => ({ ...now, children }));
  return refresh({ ...state, root, focus: (children[index] ?? children[index - 1] ?? parent).id });
}

export function moveItem(state: FormState, by: 1 | -1): FormState {
  const at = parentOf(state.root, state.focus);
  const children = at?.parent.children;
  if (!at || at.parent.shape.kind !== "array" || !children?.[at.index + by]) return state;
  const swapped = children.with(at.index, children[at.index + by]!).with(at.index + by, children[at.index]!);
  return { ...state, root: update(state.root, at.parent.id, (now) => ({ ...now, children: renumbered(swapped) })) };
}

export function startEditing(state: FormState, what: "value" | "json"): FormState {
  const field = focused(state);
  const text =
    what === "json"
      ? JSON.stringify(valueOf({ ...field, isRequired: true }) ?? null)
      : textOf(field.shape, field.value ?? (field.isRequired ? field.shape.default : undefined));
  return { ...state, editing: { id: field.id, what, line: editedLine(text === "null" ? "" : text), problem: undefined } };
}

export const type = (state: FormState, line: EditedLine): FormState =>
  state.editing ? { ...state, editing: { ...state.editing, line, problem: undefined } } : state;

export const cancel = (state: FormState): FormState => ({ ...state, editing: undefined });

/** Takes over what was typed; what does not fit stays in the editor with its problem. */
export function commit(state: FormState, factory: FieldFactory): FormState {
  const { editing } = state;
  if (!editing) return state;
  const text = editing.line.text;
  if (editing.what === "key") return commitKey(state, text.trim(), factory);
  const field = focused(state);
  const typed = editing.what === "json" ? (text.trim() === "" ? { value: undefined } : readJson(text)) : readTyped(field.shape, text);
  if (typed.problem !== undefined) return { ...state, editing: { ...editing, problem: typed.problem } };
  const next =
    editing.what === "json"
      ? fill(factory, field, typed.value)
      : { ...field, value: field.shape.kind === "string" && text === "" && !field.isRequired ? undefined : typed.value };
  const problem = next.value === undefined ? undefined : fieldProblem(next);
  if (problem !== undefined) return { ...state, editing: { ...editing, problem } };
  return refresh({ ...state, editing: undefined, root: update(state.root, field.id, () => next) });
}

function commitKey(state: FormState, name: string, factory: FieldFactory): FormState {
  const field = focused(state);
  const opened = factory.open(field);
  if (name === "") return cancel(state);
  if (opened.children?.some((child) => child.name === name))
    return { ...state, editing: { ...state.editing!, problem: `there is already a ${name}` } };
  const child = factory.extra(field, name)!;
  const root = update(state.root, field.id, () => ({ ...opened, children: [...(opened.children ?? []), child] }));
  return { ...state, root, focus: child.id, editing: undefined };
}

/** Puts in whole arguments, from an editor or the last call. */
export const replaceAll = (state: FormState, factory: FieldFactory, value: unknown): FormState => {
  const root = fill(factory, factory.form(), value);
  return { root, focus: formRows(root)[0]?.field.id ?? root.id, editing: undefined, errors: new Map() };
};

/** What would be sent, or undefined with every problem marked and the first one in focus. */
export function submit(state: FormState): { readonly state: FormState; readonly value: Record<string, unknown> | undefined } {
  const errors = validateForm(state.root);
  if (errors.size === 0) return { state: { ...state, errors }, value: valueOf(state.root) as Record<string, unknown> };
  const opened = revealed(state.root, errors);
  const first = formRows(opened).find(({ field }) => errors.has(field.id));
  return { state: { ...state, root: opened, errors, focus: first?.field.id ?? state.focus }, value: undefined };
}

/** Opens whatever hides a problem. */
function revealed(field: Field, errors: FormErrors): Field {
  const below = childrenOf(field);
  const hides = (each: Field): boolean => errors.has(each.id) || childrenOf(each).some(hides);
  return below
    .filter(hides)
    .reduce(
      (now, child) => update(now, child.id, (each) => revealed(each, errors)),
      below.some(hides) ? { ...field, isOpen: true } : field,
    );
}

function changeFocused(state: FormState, change: (field: Field) => Field): FormState {
  return refresh({ ...state, root: update(state.root, state.focus, change) });
}

/** Problems that were shown go away as they are solved. */
const refresh = (state: FormState): FormState => (state.errors.size === 0 ? state : { ...state, errors: validateForm(state.root) });
