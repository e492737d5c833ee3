import { kebab, type Flag, type Flags } from "../flags.ts";
import { kindOf, resolveSchema, type JsonSchema } from "../json-schema.ts";

/** What the words before the cursor say about the word at it. */
export interface Cursor {
  /** The word at the cursor, as far as it is typed. */
  readonly current: string;
  /** Where the words that are neither flags nor their values stand, the one at the cursor left out. */
  readonly words: readonly number[];
  /** The flag whose value is typed, and what of the current word is not part of that value. */
  readonly value: { readonly key: string; readonly flag: Flag; readonly prefix: string } | undefined;
}

/** Reads the words of a command line up to the cursor; flags it does not know count as flags without a value. */
export function readCursor(line: readonly string[], flags: Flags, root: JsonSchema = {}): Cursor {
  const current = line.at(-1) ?? "";
  const words: number[] = [];
  let at = 0;
  for (; at < line.length - 1; at++) {
    const word = line[at]!;
    if (!word.startsWith("-")) words.push(at);
    else if (takesNext(word, flags, root)) at++;
  }
  return { current, words, value: at === line.length ? valueOf(line.at(-2)!, "", flags) : tiedValue(current, flags) };
}

function tiedValue(current: string, flags: Flags): Cursor["value"] {
  const name = /^(--?[^=]+)=/.exec(current)?.[1];
  return name === undefined ? undefined : valueOf(name, `${name}=`, flags);
}

function valueOf(name: string, prefix: string, flags: Flags): Cursor["value"] {
  const key = keyOf(name, flags);
  return key === undefined ? undefined : { key, flag: flags[key]!, prefix };
}

const keyOf = (name: string, flags: Flags): string | undefined =>
  Object.keys(flags).find((key) => {
    const { alias } = flags[key]!;
    return name === `--${key}` || name === `--${kebab(key)}` || (alias !== undefined && name === `-${alias}`);
  });

function takesNext(word: string, flags: Flags, root: JsonSchema): boolean {
  const key = keyOf(word, flags);
  const flag = key === undefined ? undefined : flags[key];
  return flag !== undefined && flag.bare === undefined && kindOf(resolveSchema(flag, root)) !== "boolean";
}
