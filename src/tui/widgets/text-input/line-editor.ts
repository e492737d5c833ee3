import { width } from "#tui/text/cell.ts";

/** A line being edited; the cursor counts graphemes, so it never lands inside a character. */
export interface EditedLine {
  readonly text: string;
  readonly cursor: number;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const graphemes = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);

export const editedLine = (text = ""): EditedLine => ({ text, cursor: graphemes(text).length });

// oxlint-disable-next-line no-control-regex -- control characters are what is meant
const control = /[\u0000-\u001f\u007f-\u009f]+/g;

/** Puts typed or pasted text at the cursor; line breaks become spaces, terminal sequences vanish. */
export function insert(line: EditedLine, text: string): EditedLine {
  const all = graphemes(line.text);
  const before = all.slice(0, line.cursor).join("") + Bun.stripANSI(text).replace(control, " ");
  return { text: before + all.slice(line.cursor).join(""), cursor: graphemes(before).length };
}

/** What a key does to a line, with the keys of readline; undefined when it does nothing there. */
export function editLine(line: EditedLine, key: string): EditedLine | undefined {
  const all = graphemes(line.text);
  const remove = (from: number, to: number): EditedLine => ({ text: [...all.slice(0, from), ...all.slice(to)].join(""), cursor: from });
  const at = (cursor: number): EditedLine => ({ ...line, cursor: Math.max(0, Math.min(all.length, cursor)) });
  switch (key) {
    case "left":
    case "ctrl+b":
      return at(line.cursor - 1);
    case "right":
    case "ctrl+f":
      return at(line.cursor + 1);
    case "home":
    case "ctrl+a":
      return at(0);
    case "end":
    case "ctrl+e":
      return at(all.length);
    case "alt+b":
    case "ctrl+left":
      return at(wordStart(all, line.cursor));
    case "alt+f":
    case "ctrl+right":
      return at(wordEnd(all, line.cursor));
    case "backspace":
      return line.cursor === 0 ? line : remove(line.cursor - 1, line.cursor);
    case "delete":
    case "ctrl+d":
      return remove(line.cursor, line.cursor + 1);
    case "ctrl+w":
    case "alt+backspace":
      return remove(wordStart(all, line.cursor), line.cursor);
    case "ctrl+u":
      return remove(0, line.cursor);
    case "ctrl+k":
      return remove(line.cursor, all.length);
    case "space":
      return insert(line, " ");
    default:
      return graphemes(key).length === 1 ? insert(line, key) : undefined;
  }
}

function wordStart(all: readonly string[], from: number): number {
  let at = from;
  while (at > 0 && /\s/.test(all[at - 1]!)) at--;
  while (at > 0 && !/\s/.test(all[at - 1]!)) at--;
  return at;
}

function wordEnd(all: readonly string[], from: number): number {
  let at = from;
  while (at < all.length && /\s/.test(all[at]!)) at++;
  while (at < all.length && !/\s/.test(all[at]!)) at++;
  return at;
}

/** The part of a line that fits, scrolled so that the cursor is in it, and the cursor's column there. */
export function visibleLine(line: EditedLine, columns: number, mask?: string): { readonly text: string; readonly column: number } {
  const all = graphemes(line.text).map((character) => mask ?? character.replace(control, "\ufffd"));
  const before = all.slice(0, line.cursor);
  let start = 0;
  while (start < before.length && width(before.slice(start).join("")) > columns - 1) start++;
  return { text: Bun.sliceAnsi(all.slice(start).join(""), 0, columns), column: width(before.slice(start).join("")) };
}
