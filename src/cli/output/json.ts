import type { Output } from "../terminal.ts";
import { cleanJson } from "./sanitize.ts";

/** One JSON document: indented for a person, one line for a program. */
export function printJson(value: unknown, { stdout }: { readonly stdout: Output }): void {
  stdout.write(`${cleanJson(JSON.stringify(value ?? null, null, stdout.isTTY ? 2 : undefined))}\n`);
}

/** One line of a stream (https://github.com/ndjson/ndjson-spec). */
export const jsonLine = (value: unknown): string => `${cleanJson(JSON.stringify(value))}\n`;

/** Keeps the named fields of an object, or of each row of a list; `a.b` reaches into an object, and what is missing is null. */
export function selectFields(value: unknown, fields: string): unknown {
  const names = fields
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0) return value;
  if (isRecord(value) && Array.isArray(value["items"])) return { ...value, items: value["items"].map((item) => pick(item, names)) };
  return pick(value, names);
}

const pick = (row: unknown, names: readonly string[]) => Object.fromEntries(names.map((name) => [name, reach(row, name) ?? null]));

/** The value at a dotted path, never one of a prototype. */
export const reach = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((at, step) => (isRecord(at) && Object.hasOwn(at, step) ? at[step] : undefined), value);

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);
