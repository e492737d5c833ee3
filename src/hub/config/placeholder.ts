import { HubError } from "../kernel/errors.ts";

/** A text cut into what stands as it is and what is to be filled in. */
export type Piece = string | Placeholder;

export interface Placeholder {
  /** As written, `${…}`. */
  readonly source: string;
  /** What stands between the braces, which may hold placeholders itself. */
  readonly pieces: readonly Piece[];
}

const deepest = 10;

interface Open {
  readonly start: number;
  readonly pieces: Piece[];
  /** Levels of placeholders inside this one. */
  levels: number;
}

/**
 * Cuts a text at its placeholders. Only `${` opens a level and any `}` closes one; an opener that is never closed
 * makes the rest of the text literal. The pieces' sources, joined, are the text.
 */
export function parsePlaceholders(text: string): readonly Piece[] {
  const root: Open = { start: 0, pieces: [], levels: 0 };
  const open: Open[] = [root];
  let literalFrom = 0;
  for (const { index, 0: mark } of text.matchAll(/\$\{|\}/g)) {
    const current = open.at(-1)!;
    if (mark === "}" && current === root) continue;
    addLiteral(current.pieces, text.slice(literalFrom, index));
    literalFrom = index + mark.length;
    if (mark === "${") {
      open.push({ start: index, pieces: [], levels: 0 });
      continue;
    }
    open.pop();
    if (current.levels >= deepest) throw tooDeep();
    const outer = open.at(-1)!;
    outer.levels = Math.max(outer.levels, current.levels + 1);
    outer.pieces.push({ source: text.slice(current.start, literalFrom), pieces: current.pieces });
  }
  addLiteral(root.pieces, text.slice(open[1]?.start ?? literalFrom));
  return root.pieces;
}

/** Whether anything in a text is to be filled in. */
export const hasPlaceholder = (text: string): boolean => text.includes("${");

function addLiteral(pieces: Piece[], text: string): void {
  if (text !== "") pieces.push(text);
}

const tooDeep = () =>
  new HubError("VALIDATION", `Placeholders are nested more than ${deepest} deep`, {
    hint: "Put the inner ones into env entries of their own",
  });
