import type { CatalogTool } from "./catalog.ts";

const words = (text: string) =>
  text
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

/** How much a hit counts, by where it is. */
const weights = [
  [({ definition }: CatalogTool) => definition.name, 8],
  [({ source }: CatalogTool) => source.id, 4],
  [({ definition }: CatalogTool) => definition.title ?? "", 4],
  [({ definition }: CatalogTool) => definition.description ?? "", 1],
] as const;

/** Finds tools by words in their name, source, title and description: best first, each word must hit, rare words count more. */
export function searchTools(tools: readonly CatalogTool[], query: string, limit: number): CatalogTool[] {
  const asked = words(query);
  if (asked.length === 0) return [];
  const scored = tools.map((tool) => ({ tool, hits: asked.map((word) => hit(tool, word)) }));
  const rarity = asked.map((_, i) => Math.log(1 + tools.length / (1 + scored.filter(({ hits }) => hits[i]! > 0).length)));
  return scored
    .filter(({ hits }) => hits.every((value) => value > 0))
    .map(({ tool, hits }) => ({ tool, score: hits.reduce((sum, value, i) => sum + value * rarity[i]!, 0) }))
    .toSorted((a, b) => b.score - a.score || (a.tool.id < b.tool.id ? -1 : 1))
    .slice(0, limit)
    .map(({ tool }) => tool);
}

function hit(tool: CatalogTool, word: string): number {
  let best = 0;
  for (const [field, weight] of weights)
    for (const other of words(field(tool))) {
      const value =
        other === word ? weight : other.startsWith(word) ? weight * 0.6 : word.length > 3 && other.includes(word) ? weight * 0.3 : 0;
      if (value > best) best = value;
    }
  return best;
}
