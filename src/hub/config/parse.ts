import { parse as parseTree, type Node, type ValueNode } from "@humanwhocodes/momoa";
import JSON5 from "json5";
import type { ConfigProblem } from "./problem.ts";

export type Path = readonly PropertyKey[];

/** A configuration text as a value that remembers where each key stands. */
export interface Parsed {
  /** Undefined when `problems` is not empty. */
  readonly value: unknown;
  /** A problem at a key; at the nearest enclosing one when the key itself is missing. */
  readonly problemAt: (path: Path, message: string) => ConfigProblem;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
}

interface Position {
  readonly line: number;
  readonly column: number;
}

const start: Position = { line: 1, column: 1 };
const deepest = 64;
const longest = 8_388_608;

/** Reads JSON5; whatever is wrong comes back as problems, for there may be more files to look at. */
export function parseText(raw: string, file: string): Parsed {
  const text = raw.startsWith("\uFEFF") ? raw.slice(1) : raw;
  const failed = (position: Position, message: string): Parsed => {
    const problem = { file, ...position, key: "", message };
    return { value: undefined, problemAt: () => problem, problems: [problem], warnings: [] };
  };
  if (text.length > longest) return failed(start, `is larger than ${longest} characters`);
  if (text.trim() === "") return failed(start, "is empty; an empty configuration is written {}");
  const parsed = parseJson5(text);
  if ("message" in parsed) return failed(parsed.position, parsed.message);
  const { value } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return failed(start, "must be an object");
  if (isDeeperThan(value, deepest)) return failed(start, `is nested more than ${deepest} levels deep`);

  const tree = treeOf(text);
  const problemAt = (path: Path, message: string) => ({ file, ...positionOf(tree, path), key: keyOf(path), message });
  const { forbidden, repeated } = oddKeys(value, tree);
  return {
    value,
    problemAt,
    problems: forbidden.map((path) => problemAt(path, "is not allowed as a key")),
    warnings: repeated.map((path) => problemAt(path, "stands here more than once; the last one counts")),
  };
}

function parseJson5(text: string): { value: unknown } | { message: string; position: Position } {
  try {
    return { value: JSON5.parse<unknown>(text) };
  } catch (cause) {
    const { message, lineNumber, columnNumber } = cause as SyntaxError & { lineNumber?: number; columnNumber?: number };
    const reason = message.replace(/^JSON5: /, "").replace(/ at \d+:\d+$/, "");
    return { message: `is not valid JSON5: ${reason}`, position: { line: lineNumber ?? 1, column: Math.max(1, columnNumber ?? 1) } };
  }
}

/** A path as one would write it: `mcpServers.github.args[0]`, `servers["a.b"]`. */
const keyOf = (path: Path): string =>
  path
    .map((part) => (typeof part === "string" && /^[\w$-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`))
    .join("")
    .replace(/^\./, "");

/** The two parsers differ in rare escapes; a value without positions is better than no value. */
function treeOf(text: string): ValueNode | undefined {
  try {
    return parseTree(text, { mode: "json5" }).body;
  } catch {
    return undefined;
  }
}

const nameOf = (name: { type: "String"; value: string } | { type: "Identifier"; name: string }) =>
  name.type === "String" ? name.value : name.name;

const memberOf = (node: ValueNode, key: PropertyKey) =>
  node.type === "Object" ? node.members.findLast((member) => nameOf(member.name) === key) : undefined;

function positionOf(tree: ValueNode | undefined, path: Path): Position {
  let found: Node | undefined = tree;
  let inside = tree;
  for (const key of path) {
    if (inside === undefined) break;
    const member = memberOf(inside, key);
    const element = inside.type === "Array" && typeof key === "number" ? inside.elements[key] : undefined;
    inside = (member ?? element)?.value;
    found = member ?? element ?? found;
  }
  return found ? { line: found.loc.start.line, column: found.loc.start.column } : start;
}

/** `__proto__` would change what an object is rather than what it holds. Of the repeated keys the parser keeps the last. */
function oddKeys(value: unknown, tree: ValueNode | undefined): { forbidden: Path[]; repeated: Path[] } {
  const forbidden: Path[] = [];
  const repeated: Path[] = [];
  const visitValue = (inside: unknown, path: Path): void => {
    if (typeof inside !== "object" || inside === null) return;
    for (const [key, item] of Object.entries(inside)) {
      const at = [...path, Array.isArray(inside) ? Number(key) : key];
      if (key === "__proto__") forbidden.push(at);
      else visitValue(item, at);
    }
  };
  const visitNode = (node: ValueNode, path: Path): void => {
    if (node.type === "Array") node.elements.forEach(({ value: item }, index) => visitNode(item, [...path, index]));
    if (node.type !== "Object") return;
    const seen = new Set<string>();
    for (const { name, value: item } of node.members) {
      const at = [...path, nameOf(name)];
      if (seen.has(nameOf(name))) repeated.push(at);
      seen.add(nameOf(name));
      visitNode(item, at);
    }
  };
  visitValue(value, []);
  if (tree) visitNode(tree, []);
  return { forbidden, repeated };
}

/** Level by level, for a text may be nested deeper than the stack is. */
function isDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return false;
}
