import { redactText } from "../kernel/redact.ts";
import { isSecret, isSecretName } from "./secrets.ts";

interface Line {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

const context = 3;

/** What changes between two texts, as `diff -u` prints it, for people: secrets on the lines it shows are hidden. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return "";
  const lines = compare(split(before), split(after));
  const changed = lines.flatMap(({ sign }, index) => (sign === " " ? [] : [index]));
  const hunks: (readonly [number, number])[] = [];
  for (const index of changed) {
    const range = [Math.max(0, index - context), Math.min(lines.length, index + context + 1)] as const;
    const last = hunks.at(-1);
    if (last && range[0] <= last[1]) hunks[hunks.length - 1] = [last[0], range[1]];
    else hunks.push(range);
  }
  return [`--- ${path}`, `+++ ${path}`, ...hunks.flatMap((range) => hunk(lines, range))].map((line) => `${line}\n`).join("");
}

function hunk(lines: readonly Line[], [from, to]: readonly [number, number]): string[] {
  const shown = lines.slice(from, to);
  const count = (some: readonly Line[], other: "-" | "+") => some.filter(({ sign }) => sign !== other).length;
  const range = (other: "-" | "+") => {
    const length = count(shown, other);
    return `${count(lines.slice(0, from), other) + (length > 0 ? 1 : 0)},${length}`;
  };
  return [
    `@@ -${range("+")} +${range("-")} @@`,
    ...shown.map(({ sign, text }, index) => sign + withoutSecret(text, shown[index - 1]?.text)),
  ];
}

/** Hides what its name, its shape or the flag before it says is a secret; what stands in `env` without saying so is shown. */
function withoutSecret(line: string, above = ""): string {
  const flagAbove = /(["'])--?([\w-]+)\1,?\s*$/.exec(above)?.[2];
  if (flagAbove !== undefined && isSecretName(flagAbove)) return line.replace(/^(\s*(["'])).+(\2,?\s*)$/, `$1${hidden}$3`);
  return redactText(line)
    .replace(/(["']?)([\w.-]+)\1\s*:\s*(["'])((?:\\.|(?!\3).)+)\3/g, (...[whole, , name, , value]: string[]) => hide(whole!, name!, value!))
    .replace(/--?([\w-]+)=([^"'\s]+)/g, (...[whole, name, value]: string[]) => hide(whole!, name!, value!))
    .replace(/(["'])--?([\w-]+)\1,\s*(["'])((?:\\.|(?!\3).)+)\3/g, (...[whole, , name, , value]: string[]) => hide(whole!, name!, value!));
}

const hidden = "[redacted]";

function hide(whole: string, name: string, value: string): string {
  const at = whole.lastIndexOf(value);
  return isSecret(name, value) ? whole.slice(0, at) + hidden + whole.slice(at + value.length) : whole;
}

/** A line end that differs counts as a difference, though nobody sees it; the last line has none. */
const split = (text: string) => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

/** Lines that stay, go and come: the same start and end are cut off, and between them is a longest common subsequence. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (lines: readonly string[]): Line[] => lines.map((text) => ({ sign: " ", text }));
  const middle = between(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...same(before.slice(0, start)), ...middle, ...same(before.slice(before.length - end))];
}

/** More than this many pairs of lines are not compared one by one. */
const mostPairs = 4_000_000;

function between(before: readonly string[], after: readonly string[]): Line[] {
  const gone = before.map((text): Line => ({ sign: "-", text }));
  const come = after.map((text): Line => ({ sign: "+", text }));
  if (before.length === 0 || after.length === 0 || before.length * after.length > mostPairs) return [...gone, ...come];
  const longest = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      longest[i]![j] = before[i] === after[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push({ sign: " ", text: before[i++]! });
      j++;
    } else if (longest[i + 1]![j]! >= longest[i]![j + 1]!) lines.push(gone[i++]!);
    else lines.push(come[j++]!);
  }
  return [...lines, ...gone.slice(i), ...come.slice(j)];
}
