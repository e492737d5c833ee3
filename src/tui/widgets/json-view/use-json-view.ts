import { useMemo, useState } from "react";
import { useApplication } from "#tui/app-context.ts";
import type { KeyLayer } from "#tui/keys/key-router.ts";
import { foldingFor, jsonLines, type Folding, type JsonLine } from "./json-lines.ts";

const openAtFirst = 2000;

/** Folding, moving and copying in a JSON value. */
export function useJsonView(value: unknown, height: number) {
  const { copy } = useApplication();
  const initial = useMemo(() => foldingFor(value, openAtFirst), [value]);
  const [changed, setChanged] = useState<{ readonly of: unknown; readonly folding: Folding } | undefined>(undefined);
  const folding = changed && changed.of === value ? changed.folding : initial;
  const lines = useMemo(() => jsonLines(value, folding), [value, folding]);
  const [wanted, setWanted] = useState(0);
  const index = Math.max(0, Math.min(wanted, lines.length - 1));
  const top = Math.max(0, Math.min(index - Math.floor(height / 2), lines.length - height));
  const line: JsonLine | undefined = lines[index];

  const fold = (next: Folding) => setChanged({ of: value, folding: next });
  const toggle = (at: JsonLine) => {
    if (!at.isContainer) return;
    const exceptions = new Set(folding.exceptions);
    if (!exceptions.delete(at.path)) exceptions.add(at.path);
    fold({ ...folding, exceptions });
  };
  const toParent = () => {
    const parent = lines.slice(0, index).findLastIndex(({ depth }) => depth < (line?.depth ?? 0));
    if (parent !== -1) setWanted(parent);
  };
  const half = Math.max(1, Math.floor(height / 2));
  const actions: KeyLayer["actions"] = {
    "list.down": () => setWanted(index + 1),
    "list.up": () => setWanted(index - 1),
    "list.first": () => setWanted(0),
    "list.last": () => setWanted(lines.length - 1),
    "list.pageDown": () => setWanted(index + half),
    "list.pageUp": () => setWanted(index - half),
    "json.fold": () => line && toggle(line),
    "json.foldAll": () => fold({ depth: folding.depth > 1 ? 1 : initial.depth, exceptions: new Set() }),
    "json.left": () => (line?.isOpen ? toggle(line) : toParent()),
    "json.right": () => line && !line.isOpen && toggle(line),
    "json.copy": () => line && copy(typeof line.value === "string" ? line.value : JSON.stringify(line.value, null, 2)),
    "json.copyPath": () => line && copy(line.path || "."),
  };
  return { lines, top, index, actions };
}
