/** The candidate most like the word, or undefined when none is near enough to be what was meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  const ranked = [...candidates]
    .map((candidate) => ({
      candidate,
      distance: editDistance(wanted, candidate.toLowerCase()),
      begins: candidate.toLowerCase().startsWith(wanted),
    }))
    .filter(({ candidate, distance, begins }) => distance <= tolerance(wanted, candidate) || (begins && wanted.length >= 3))
    .toSorted((a, b) => a.distance - b.distance || Number(b.begins) - Number(a.begins));
  return ranked[0]?.candidate;
}

/** A third of the longer word may differ: `serch` is `search`, `get` is not `list`. */
const tolerance = (a: string, b: string) => Math.max(1, Math.floor(Math.max(a.length, b.length) / 3));

/** Longest words compared; anything longer is no typo, and the cost is quadratic. */
const longest = 128;

/** Optimal string alignment: insertions, deletions, substitutions and swapped neighbours, each costing one. */
export function editDistance(a: string, b: string): number {
  if (a.length > longest || b.length > longest) return a === b ? 0 : longest;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
