import { adminMark } from "../builtin/hub-source.ts";
import type { CatalogTool } from "../catalog/catalog.ts";

const known = new WeakMap<object, number>();

/** Whether clients are shown a tool; those that administer the hub are only found by who looks for them. */
export const isListed = ({ definition }: Pick<CatalogTool, "definition">): boolean =>
  (definition["_meta"] as Record<string, unknown> | undefined)?.[adminMark] !== true;

/** About how many tokens a tool costs every client that lists it: a token is some four characters of its JSON. */
export function schemaTokens({ wireName, definition }: Pick<CatalogTool, "wireName" | "definition">): number {
  const before = known.get(definition);
  if (before !== undefined) return before;
  const { description, inputSchema } = definition;
  const tokens = Math.ceil(JSON.stringify({ name: wireName, description, inputSchema }).length / 4);
  known.set(definition, tokens);
  return tokens;
}
