import { useState } from "react";
import { useApplication } from "#tui/app-context.ts";
import type { KeyLayer } from "#tui/keys/key-router.ts";
import { layerOrder } from "#tui/keys/key-router.ts";
import { useKeys } from "#tui/keys/use-keys.ts";
import { useRemembered } from "#tui/state/remembered.ts";
import { useNotify } from "#tui/widgets/toast/use-toasts.ts";
import { editedLine, editLine, insert } from "../text-input/line-editor.ts";
import * as form from "./form-state.ts";
import { FieldFactory } from "./form-tree.ts";
import { covered, valueOf } from "./form-value.ts";
import type { JsonSchema } from "./shape.ts";
import { readJson } from "./typed-text.ts";

export interface SchemaFormOptions {
  /** Drafts are kept under this name while the session lasts. */
  readonly draft: string;
  readonly schema: JsonSchema;
  readonly isActive: boolean;
  readonly submit: (value: Record<string, unknown>, shown: Record<string, unknown>) => void;
  readonly extraActions: KeyLayer["actions"];
}

interface Draft {
  readonly factory: FieldFactory;
  readonly state: form.FormState;
}

/** A form made from a JSON Schema, with its keys. */
export function useSchemaForm({ draft: key, schema, isActive, submit, extraActions }: SchemaFormOptions) {
  const notify = useNotify();
  const { editExternally } = useApplication();
  const [fresh] = useState((): Draft => {
    const factory = new FieldFactory(schema);
    return { factory, state: form.formStart(factory) };
  });
  const [{ factory, state }, setDraft] = useRemembered<Draft>(`session.form.${key}`, fresh);
  const [isPicking, setPicking] = useState(false);
  const hand: FormHand = { factory, state, set: (next) => setDraft({ factory, state: next }) };
  const { editing } = state;

  const run = () => {
    const outcome = form.submit(form.commit(state, factory));
    hand.set(outcome.state);
    if (outcome.value) submit(outcome.value, shownOf(outcome.state));
    else notify({ level: "bad", text: `${form.focused(outcome.state).name}: ${[...outcome.state.errors.values()][0] ?? "is not right"}` });
  };
  const edit = async () => {
    const edited = await editExternally(`${JSON.stringify(valueOf(state.root), null, 2)}\n`);
    if (edited === undefined) return;
    const read = readJson(edited);
    if (read.problem === undefined) hand.set(form.replaceAll(state, factory, read.value));
    else notify({ level: "bad", text: read.problem });
  };
  const activate = () =>
    form.choicesOf(form.focused(state)).length > form.turnableChoices ? setPicking(true) : hand.set(form.activate(state, factory));

  const walking = { "form.run": run, "form.activate": activate, ...fieldActions(hand), "form.editor": () => void edit(), ...extraActions };
  useKeys(isActive && !editing ? { order: layerOrder.form, actions: walking } : undefined);
  useKeys(
    isActive && editing
      ? { order: layerOrder.edit, actions: { ...editActions(hand), "form.run": run }, ...typing(hand, editing) }
      : undefined,
  );
  return {
    state,
    isPicking,
    stopPicking: () => setPicking(false),
    choose: (value: unknown) => hand.set(form.setFocused(state, value)),
    replace: (value: unknown) => hand.set(form.replaceAll(state, factory, value)),
    /** What would be sent, with secrets covered. */
    shown: shownOf(state),
  };
}

const shownOf = ({ root }: form.FormState) => valueOf(covered(root)) as Record<string, unknown>;

/** A form as keys handle it. */
interface FormHand extends Draft {
  readonly set: (next: form.FormState) => void;
}

/** What keys do while nothing is being typed. */
function fieldActions({ state, factory, set }: FormHand): KeyLayer["actions"] {
  const to = (change: (now: form.FormState, factory: FieldFactory) => form.FormState) => () => set(change(state, factory));
  const turns = form.choicesOf(form.focused(state)).length > 0;
  return {
    "form.next": to((now) => form.moveFocus(now, 1)),
    "form.previous": to((now) => form.moveFocus(now, -1)),
    "form.toggle": to((now) => form.turn(now, 1, factory)),
    "form.left": to((now) => (turns ? form.turn(now, -1, factory) : form.fold(now, false, factory))),
    "form.right": to((now) => (turns ? form.turn(now, 1, factory) : form.fold(now, true, factory))),
    "form.add": to(form.add),
    "form.remove": to(form.remove),
    "form.moveUp": to((now) => form.moveItem(now, -1)),
    "form.moveDown": to((now) => form.moveItem(now, 1)),
    "form.unset": to(form.unset),
    "form.json": to((now) => form.startEditing(now, "json")),
  };
}

/** What keys do while a field is being typed. */
function editActions({ state, factory, set }: FormHand): KeyLayer["actions"] {
  const keepAndGo = (by: number) => {
    const next = form.commit(state, factory);
    set(next.editing ? next : form.moveFocus(next, by));
  };
  /** In a number the arrows count; in any other text they go on to the next field. */
  const step = (by: 1 | -1) => {
    const { shape } = form.focused(state);
    if (shape.kind !== "number") return keepAndGo(-by);
    const counted = Number(state.editing?.line.text || 0) + by * (shape.multipleOf ?? 1);
    set(form.type(state, editedLine(String(counted))));
  };
  return {
    "edit.commit": () => set(form.commit(state, factory)),
    "edit.next": () => keepAndGo(1),
    "edit.cancel": () => set(form.cancel(state)),
    "edit.stepUp": () => step(1),
    "edit.stepDown": () => step(-1),
  };
}

function typing({ state, set }: FormHand, editing: form.FormEditing): Pick<KeyLayer, "type" | "paste"> {
  return {
    type: (key) => {
      const line = editLine(editing.line, key);
      if (line) set(form.type(state, line));
      return line !== undefined;
    },
    paste: (text) => set(form.type(state, insert(editing.line, text))),
  };
}
