/** CSI, OSC, DCS and the other escape sequences of ECMA-48, cut short ones included. */
const escapeSequences =
  // oxlint-disable-next-line no-control-regex -- taking control characters out is what this is for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|[ -/]*[0-~]?)|\u009b[0-?]*[ -/]*[@-~]?|[\u0090\u0098\u009d-\u009f][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/g;

/**
 * Characters that move the cursor, hide or reorder text: C0 and C1 controls, bidirectional overrides (CVE-2021-42574),
 * zero-width characters and Unicode tags, which carry text no person sees but a model reads.
 */
const invisible =
  // oxlint-disable-next-line no-control-regex -- as above
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Makes text of a server safe to print: what it says, without what it would do to the terminal. Tabs and line ends stay. */
export const cleanText = (text: string): string => text.replaceAll("\r\n", "\n").replace(escapeSequences, "").replace(invisible, "");

/** The same on one line, for cells and messages. */
export const cleanLine = (text: string): string => cleanText(text.replaceAll(/[\r\n\t\v\f\u0085\u2028\u2029]+/g, " ")).trim();

/** `JSON.stringify` escapes C0 only; the rest that a terminal obeys becomes `\uXXXX`, so the JSON stays equal. */
export const cleanJson = (json: string): string =>
  json.replace(/[\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu, (found) =>
    [...found]
      .flatMap((character) =>
        Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`),
      )
      .join(""),
  );
