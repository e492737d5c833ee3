import { createHash } from "node:crypto";

/** What every client and model API takes for a tool name. */
const longest = 64;
const reversible = /^[A-Za-z0-9_.-]+$/;
const ambiguous = /__|_\.|\._|\.\./;

/** `<source>.<tool>`, as a person types it. */
export const toolId = (source: string, tool: string): string => `${source}.${tool}`;

/**
 * The name MCP clients see: the id with dots as `__`, in `[A-Za-z0-9_-]`, at most 64 characters. It depends on the id alone,
 * never on which other servers are there: an id that would not come back from its wire name gets a hash of itself at the end.
 */
export function wireName(id: string): string {
  const name = id.replaceAll(".", "__");
  if (name.length <= longest && reversible.test(id) && !ambiguous.test(id)) return name;
  const hash = createHash("sha256")
    .update(id)
    .digest("base64url")
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, 8);
  const safe = name.replace(/[^A-Za-z0-9_-]+/g, "_").replace(/^_+(?=.)/, "");
  return `${safe.slice(0, longest - hash.length - 1)}_${hash}`;
}
