import { AuthSettings, ConfigFile, DevMode, HubSettings, InputDefinition, ServerEntry } from "./schema.ts";
import type { Path } from "./parse.ts";

export interface UnknownKey {
  readonly path: Path;
  readonly message: string;
}

/** Keys no schema knows, each with the known one it may have been meant to be. They are kept, so these are warnings. */
export function unknownKeys(file: ConfigFile, serversKey: "servers" | "mcpServers"): readonly UnknownKey[] {
  return [
    // Other programs keep keys of their own beside ours: only what looks like a slip is worth a word.
    ...unknownIn(file, ConfigFile.shape, []).filter(({ message }) => message.includes("did you mean")),
    ...unknownIn(file.hub, HubSettings.shape, ["hub"]),
    ...Object.entries(file[serversKey] ?? {}).flatMap(([name, entry]) => [
      ...unknownIn(entry, ServerEntry.shape, [serversKey, name]),
      ...unknownIn(entry.tools, ServerEntry.shape.tools.unwrap().shape, [serversKey, name, "tools"]),
      ...unknownIn(entry.auth || undefined, AuthSettings.shape, [serversKey, name, "auth"]),
      ...unknownIn(entry.dev, DevMode.shape, [serversKey, name, "dev"]),
    ]),
    ...(file.inputs ?? []).flatMap((input, index) => unknownIn(input, InputDefinition.shape, ["inputs", index])),
  ];
}

function unknownIn(value: object | undefined, shape: object, path: Path): UnknownKey[] {
  const known = Object.keys(shape);
  return Object.keys(value ?? {})
    .filter((key) => !known.includes(key))
    .map((key) => {
      const meant = nearest(key, known);
      return { path: [...path, key], message: `is not a known key${meant === undefined ? "" : `; did you mean ${meant}?`}` };
    });
}

/** The known word at most two slips away, letter case and separators not counted. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ ]/g, "");
  const limit = Math.min(2, Math.floor(word.length / 3));
  const ranked = known
    .filter((candidate) => Math.abs(candidate.length - word.length) <= 3)
    .map((candidate) => ({ candidate, slips: slipsBetween(plain(word), plain(candidate)) }))
    .filter(({ slips }) => slips <= limit)
    .toSorted((a, b) => a.slips - b.slips);
  return ranked[0]?.candidate;
}

/** How many letters must be added, dropped, changed or swapped with their neighbour (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const above = rows[i - 1]!;
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, changed, isSwapped ? rows[i - 2]![j - 2]! + 1 : Infinity));
    }
    rows.push(row);
  }
  return rows.at(-1)!.at(-1)!;
}
