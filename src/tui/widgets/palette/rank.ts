export interface PaletteEntry {
  readonly title: string;
  readonly key?: string;
  readonly kind: "view" | "action" | "server" | "tool" | "choice";
  readonly run: () => void;
}

/** The entries a text could mean, the likeliest first: words that begin something, then words inside, then scattered letters. */
export function rank(entries: readonly PaletteEntry[], text: string, limit: number): PaletteEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries.slice(0, limit);
  const scored: { entry: PaletteEntry; score: number }[] = [];
  for (const entry of entries) {
    const score = scoreOf(entry.title.toLowerCase(), words);
    if (score > 0) scored.push({ entry, score: score - entry.title.length / 1000 });
  }
  return scored
    .toSorted((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ entry }) => entry);
}

function scoreOf(title: string, words: readonly string[]): number {
  let total = 0;
  for (const word of words) {
    const score = wordScore(title, word);
    if (score === 0) return 0;
    total += score;
  }
  return total;
}

function wordScore(title: string, word: string): number {
  const at = title.indexOf(word);
  if (at === 0) return 4;
  if (at > 0) return /[\s./_-]/.test(title[at - 1]!) ? 3 : 2;
  let from = 0;
  for (const character of word) {
    from = title.indexOf(character, from) + 1;
    if (from === 0) return 0;
  }
  return word.length > 1 ? 1 : 0;
}
