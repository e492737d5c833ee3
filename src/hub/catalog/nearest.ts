/** The names most like a mistyped one, best first; none where nothing is near. One typed without its source fits any. */
export function nearest(names: readonly string[], typed: string, most = 3): string[] {
  const limit = Math.max(2, Math.floor(typed.length / 4));
  return names
    .map((name) => ({ name, distance: distance(typed.includes(".") ? name : withoutSource(name), typed, limit) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

const withoutSource = (name: string) => name.slice(name.indexOf(".") + 1);

/** Levenshtein's edit distance, given up once it is past the limit. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    if (Math.min(...next) > limit) return limit + 1;
    row = next;
  }
  return row[b.length]!;
}
