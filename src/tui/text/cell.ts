/** Marks whose width libraries and terminals disagree on (measured against tmux), and those that reorder or hide text. */
const unstable = /[\p{Default_Ignorable_Code_Point}\p{Emoji_Modifier}]/gu;
// oxlint-disable-next-line no-control-regex -- control characters are what is removed
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const thaiSaraAm = /\u0e33/g;
const plainAscii = /^[\x20-\x7e]*$/;

/** One line of untrusted text, safe to paint into a column: no control sequences, no newlines, a width every terminal agrees on. */
export function cell(text: string): string {
  if (plainAscii.test(text)) return text;
  return Bun.stripANSI(text.toWellFormed()).replace(control, " ").replace(unstable, "").replace(thaiSaraAm, "\u0e4d\u0e32");
}

/** Columns a text takes on screen; SGR sequences take none. */
export const width = (text: string): number => Bun.stringWidth(text);

/** Exactly `columns` wide: padded, or cut with `…`. The text may hold SGR sequences. */
export function fit(text: string, columns: number, align: "left" | "right" = "left"): string {
  if (columns <= 0) return "";
  const own = width(text);
  if (own > columns) return pad(cut(text, columns), columns);
  return align === "left" ? pad(text, columns) : " ".repeat(columns - own) + text;
}

/** At most `columns` wide, the end replaced by `…`. */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return "";
  return width(text) <= columns ? text : `${head(text, columns - 1)}…`;
}

/** The longest beginning that fits: `Bun.sliceAnsi` takes a wide character that straddles the end whole. */
function head(text: string, columns: number): string {
  for (let end = columns; end > 0; end--) {
    const taken = Bun.sliceAnsi(text, 0, end);
    if (width(taken) <= columns) return taken;
  }
  return "";
}

/** At most `columns` wide, the beginning replaced by `…`: for text whose end matters, such as a path. */
export function cutStart(text: string, columns: number): string {
  const own = width(text);
  return own <= columns ? text : `…${Bun.sliceAnsi(text, own - columns + 1, own)}`;
}

const pad = (text: string, columns: number) => text + " ".repeat(Math.max(0, columns - width(text)));

/** Left text and right text on one line, the right one kept whole. */
export function spread(left: string, right: string, columns: number): string {
  const room = columns - width(right);
  return room <= 0 ? fit(right, columns) : fit(left, room) + right;
}

/** Breaks a text at spaces into lines of at most `columns`, words longer than a line cut hard. */
export function wrap(text: string, columns: number): string[] {
  if (columns < 1) return [];
  return text.split("\n").flatMap((paragraph) => wrapParagraph(cell(paragraph), columns));
}

function wrapParagraph(paragraph: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (let word of paragraph.split(" ")) {
    if (line && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = "";
    }
    while (width(word) > columns) {
      const fitting = head(word, columns) || word;
      lines.push(fitting);
      word = word.slice(fitting.length);
    }
    line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}
