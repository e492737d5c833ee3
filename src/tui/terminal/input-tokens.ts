/** What a chunk of terminal input holds: keys in Ink's spelling, one each; reports that are no keys; the unfinished rest. */
export interface InputTokens {
  readonly tokens: readonly InputToken[];
  readonly rest: string;
}

export type InputToken =
  | { readonly kind: "key" | "paste"; readonly text: string }
  | { readonly kind: "mouse"; readonly button: number; readonly x: number; readonly y: number; readonly isRelease: boolean }
  | { readonly kind: "focus"; readonly hasFocus: boolean };

const escape = "\u001b";
const pasteStart = "\u001b[200~";
const pasteEnd = "\u001b[201~";
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

// oxlint-disable-next-line no-control-regex -- the grammar of control sequences (ECMA-48 5.4)
const controlSequence = /^\u001b+(?:\[\[?[0-?]*[ -/]*[@-~]|O[0-9;]*[@-~])/;
// oxlint-disable-next-line no-control-regex -- see above
const unfinishedSequence = /^\u001b+(?:\[\[?[0-?]*[ -/]*|O[0-9;]*)?$/;
// oxlint-disable-next-line no-control-regex -- replies to OSC, DCS, APC and PM queries, up to BEL or ST
const stringSequence = /^\u001b[\]P_^X][^\u0007\u001b]*(?:\u0007|\u001b\\)/;
// oxlint-disable-next-line no-control-regex -- SGR mouse reports (xterm ctlseqs, "Extended coordinates")
const mouseReport = /^\u001b\[<(\d+);(\d+);(\d+)([Mm])$/;

// oxlint-disable-next-line no-control-regex -- see above
const stringStart = /^\u001b[\]P_^X]/;
/** A reply that is longer is noise, and its bytes are keys after all. */
const longestString = 4096;

/** Splits terminal input into single keys; `rest` is what has to wait for more bytes. */
export function splitInput(input: string): InputTokens {
  const tokens: InputToken[] = [];
  let at = 0;
  while (at < input.length) {
    const left = input.slice(at);
    if (left[0] !== escape) {
      const end = left.indexOf(escape);
      const text = end === -1 ? left : left.slice(0, end);
      for (const { segment } of segmenter.segment(text)) tokens.push({ kind: "key", text: segment });
      at += text.length;
      continue;
    }
    const token = takeEscape(left);
    if (!token) return { tokens, rest: left };
    if (token.token) tokens.push(token.token);
    at += token.length;
  }
  return { tokens, rest: "" };
}

function takeEscape(input: string): { readonly token?: InputToken; readonly length: number } | undefined {
  if (input.startsWith(pasteStart)) {
    const end = input.indexOf(pasteEnd);
    if (end === -1) return undefined;
    return { token: { kind: "paste", text: input.slice(pasteStart.length, end) }, length: end + pasteEnd.length };
  }
  const string = stringSequence.exec(input)?.[0];
  if (string) return { length: string.length };
  if (stringStart.test(input) && input.length < longestString) return undefined;
  if (unfinishedSequence.test(input)) return undefined;
  const sequence = controlSequence.exec(input)?.[0];
  if (sequence) return { token: readSequence(sequence), length: sequence.length };
  const [character = ""] = input.slice(1);
  return { token: { kind: "key", text: escape + character }, length: 1 + character.length };
}

function readSequence(sequence: string): InputToken {
  if (sequence === "\u001b[I" || sequence === "\u001b[O") return { kind: "focus", hasFocus: sequence.endsWith("I") };
  const mouse = mouseReport.exec(sequence);
  if (!mouse) return { kind: "key", text: sequence };
  return { kind: "mouse", button: Number(mouse[1]), x: Number(mouse[2]) - 1, y: Number(mouse[3]) - 1, isRelease: mouse[4] === "m" };
}
