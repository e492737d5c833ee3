import { useMemo, useRef, useState } from "react";
import { useKeys } from "#tui/keys/use-keys.ts";
import { layerOrder } from "#tui/keys/key-router.ts";
import { useRemembered } from "#tui/state/remembered.ts";
import { editedLine, editLine, insert, type EditedLine } from "#tui/widgets/text-input/line-editor.ts";
import { parseFilter, type FilterError, type FilterTerm } from "./parse-filter.ts";

export interface Filter {
  readonly text: string;
  readonly isEditing: boolean;
  readonly line: EditedLine;
  /** Of the last text that could be read. */
  readonly terms: readonly FilterTerm[];
  readonly error: FilterError | undefined;
  readonly edit: () => void;
  readonly clear: () => void;
  readonly set: (text: string) => void;
}

/** The filter of one list: `/` edits it, Enter keeps it, Esc clears it. */
export function useFilter(key: string, isActive: boolean): Filter {
  const [text, setText] = useRemembered(`${key}.filter`, "");
  const [line, setLine] = useState<EditedLine | undefined>(undefined);
  const parsed = useMemo(() => parseFilter(text), [text]);
  const lastGood = useRef<readonly FilterTerm[]>([]);
  if (parsed.terms) lastGood.current = parsed.terms;

  const change = (next: EditedLine) => {
    setLine(next);
    setText(next.text);
  };
  const set = (next: string) => {
    setLine(undefined);
    setText(next);
  };
  useKeys(
    line && isActive
      ? {
          order: layerOrder.edit,
          actions: { "edit.commit": () => setLine(undefined), "edit.cancel": () => set("") },
          type: (key_) => {
            const next = editLine(line, key_);
            if (next) change(next);
            return next !== undefined;
          },
          paste: (pasted) => change(insert(line, pasted)),
        }
      : undefined,
  );
  return {
    text,
    isEditing: line !== undefined,
    line: line ?? editedLine(text),
    terms: parsed.terms ?? lastGood.current,
    error: parsed.error,
    edit: () => setLine(editedLine(text)),
    clear: () => set(""),
    set,
  };
}
