import { cell } from "#tui/text/cell.ts";

/** One line of a JSON value: a scalar, or a container with what is inside it below. */
export interface JsonLine {
  /** As jq writes it: `.message.blocks[0].text`. */
  readonly path: string;
  readonly depth: number;
  readonly key: string | undefined;
  readonly value: unknown;
  readonly isContainer: boolean;
  readonly isOpen: boolean;
}

export interface Folding {
  /** Containers at this depth and below are folded. */
  readonly depth: number;
  /** Those that somebody folded or unfolded against that rule. */
  readonly exceptions: ReadonlySet<string>;
}

export const isFolded = ({ depth, exceptions }: Folding, line: Pick<JsonLine, "path" | "depth">): boolean =>
  line.depth >= depth !== exceptions.has(line.path);

/** The visible lines of a value; what is folded costs nothing. */
export function jsonLines(value: unknown, folding: Folding): JsonLine[] {
  const lines: JsonLine[] = [];
  const visit = (item: unknown, key: string | undefined, at: { readonly path: string; readonly depth: number }) => {
    const isContainer = typeof item === "object" && item !== null && sizeOf(item) > 0;
    const isOpen = isContainer && !isFolded(folding, at);
    lines.push({ ...at, key, value: item, isContainer, isOpen });
    if (!isOpen) return;
    for (const [name, child] of entriesOf(item))
      visit(child, name, { path: childPath(at.path, name, Array.isArray(item)), depth: at.depth + 1 });
  };
  visit(value, undefined, { path: "", depth: 0 });
  return lines;
}

/** The deepest folding that still shows at most so many lines, so that a huge value opens as fast as a small one. */
export function foldingFor(value: unknown, most: number): Folding {
  const exceptions = new Set<string>();
  for (let depth = 8; depth > 1; depth--) if (countLines(value, depth, most) <= most) return { depth, exceptions };
  return { depth: 1, exceptions };
}

function countLines(value: unknown, depth: number, stopAt: number): number {
  if (depth === 0 || typeof value !== "object" || value === null) return 1;
  let total = 1;
  for (const child of Object.values(value)) {
    total += countLines(child, depth - 1, stopAt - total);
    if (total > stopAt) return total;
  }
  return total;
}

const sizeOf = (value: object) => (Array.isArray(value) ? value.length : Object.keys(value).length);
const entriesOf = (value: object) => (Array.isArray(value) ? value.map((item, i) => [String(i), item] as const) : Object.entries(value));

function childPath(parent: string, key: string, isIndex: boolean): string {
  if (isIndex) return `${parent === "" ? "." : parent}[${key}]`;
  return /^[A-Za-z_]\w*$/.test(key) ? `${parent}.${key}` : `${parent === "" ? "." : parent}[${JSON.stringify(key)}]`;
}

/** What a line says after its key: a scalar, `{4}` with a taste of its keys, `[12]`. */
export function valueText(value: unknown, isOpen: boolean): string {
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[${value.length}]`;
  if (typeof value !== "object" || value === null) return cell(JSON.stringify(value) ?? "undefined");
  const keys = Object.keys(value);
  if (keys.length === 0) return "{}";
  return isOpen ? `{${keys.length}}` : `{${keys.length}}  ${cell(keys.slice(0, 8).join(", "))}${keys.length > 8 ? ", …" : ""}`;
}
