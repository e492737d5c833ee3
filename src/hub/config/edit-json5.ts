import {
  parse as parseTree,
  type ArrayNode,
  type ElementNode,
  type MemberNode,
  type ObjectNode,
  type ValueNode,
} from "@humanwhocodes/momoa";
import JSON5 from "json5";
import { isDeepStrictEqual } from "node:util";
import { HubError } from "../kernel/errors.ts";

/** Keys from the outermost object inwards. */
export type MemberPath = readonly [string, ...string[]];

/**
 * Sets one member of a JSON5 text and leaves every other character alone; objects on the way are made. An object that is
 * there already is changed member by member and a list is added to, so that the comments inside stay.
 */
export function setMember(text: string, path: MemberPath, value: unknown): string {
  const source = text.trim() === "" ? "{}\n" : text;
  const found = find(source, path);
  if (!found) return checked(source, path, { edited: put(source, path, value), value });
  const present = valueOf(source, found.member.value);
  if (isDeepStrictEqual(present, value)) return text;
  if (isObject(present) && isObject(value)) return setMembers(source, path, { present, value });
  return checked(source, path, { edited: overwrite(source, found.member, value), value });
}

/** Removes one member of a JSON5 text, with its comma and its lines; a text without it stays as it is. */
export function removeMember(text: string, path: MemberPath): string {
  if (text.trim() === "") return text;
  let edited = text;
  for (let member = find(edited, path); member; member = find(edited, path)) edited = cut(edited, member);
  return checked(text, path, { edited });
}

/** The value of a member as it is written, comments and all; undefined where there is none. */
export function memberText(text: string, path: MemberPath): string | undefined {
  const found = text.trim() === "" ? undefined : find(text, path);
  return found && sourceOf(text, found.member.value);
}

interface Found {
  readonly parent: ObjectNode;
  readonly member: MemberNode;
}

function setMembers(
  text: string,
  path: MemberPath,
  { present, value }: { readonly present: object; readonly value: Record<string, unknown> },
): string {
  const gone = Object.keys(present).filter((key) => value[key] === undefined);
  const without = gone.reduce((left, key) => removeMember(left, [...path, key]), text);
  return Object.entries(value).reduce((left, [key, item]) => (item === undefined ? left : setMember(left, [...path, key], item)), without);
}

function put(text: string, path: MemberPath, value: unknown): string {
  const style = styleOf(text);
  let object = rootOf(text);
  for (const [depth, key] of path.entries()) {
    const rest = path.slice(depth + 1);
    const member = memberOf(object, key);
    if (!member) return insert(text, object, { name: `${JSON.stringify(key)}: `, value: nest(rest, value), style });
    if (rest.length === 0) return overwrite(text, member, value);
    if (member.value.type === "Object") object = member.value;
    else if (isEmptyHanded(member.value)) return overwrite(text, member, nest(rest, value));
    else throw new HubError("CONFLICT", `${path.slice(0, depth + 1).join(".")} is no object`, { hint: "Change the file by hand" });
  }
  return text;
}

/** Neovim writes an empty table as `[]`. */
const isEmptyHanded = (node: ValueNode) => node.type === "Null" || (node.type === "Array" && node.elements.length === 0);

function overwrite(text: string, { value: node, ...member }: MemberNode, value: unknown): string {
  const style = styleOf(text);
  const present = valueOf(text, node);
  if (node.type === "Array" && Array.isArray(value) && Array.isArray(present) && isDeepStrictEqual(value.slice(0, present.length), present))
    return value.slice(present.length).reduce((left: string, item: unknown) => {
      const list = nodeAt(left, startOf(node));
      return list ? insert(left, list, { name: "", value: item, style }) : left;
    }, text);
  return splice(text, [startOf(node), endOf(node)], print(value, indentAt(text, startOf(member)), style));
}

/** The value inside as many objects as the path has keys left. */
const nest = (path: readonly string[], value: unknown): unknown => path.reduceRight((inner, key) => ({ [key]: inner }), value);

interface Insertion {
  /** Key and colon of a member, nothing for an element. */
  readonly name: string;
  readonly value: unknown;
  readonly style: Style;
}

function insert(text: string, into: ObjectNode | ArrayNode, { name, value, style }: Insertion): string {
  const close = endOf(into) - 1;
  const last = (into.type === "Object" ? into.members : into.elements).at(-1);
  const inside = text.slice(startOf(into) + 1, close);
  const outer = indentAt(text, startOf(into));
  if (!last && inside.trim() === "") {
    const inner = outer + style.unit;
    return splice(text, [startOf(into) + 1, close], `${style.newline}${inner}${name}${print(value, inner, style)}${style.newline}${outer}`);
  }
  if (last && !startsLine(text, startOf(last))) return splice(text, [endOf(last), endOf(last)], `, ${name}${JSON.stringify(value)}`);
  const inner = last ? indentAt(text, startOf(last)) : outer + style.unit;
  const comma = last ? commaAfter(text, endOf(last)) : undefined;
  const end = startOf(into) + 1 + inside.trimEnd().length;
  const withMember = splice(
    text,
    [end, end],
    `${style.newline}${inner}${name}${print(value, inner, style)}${comma === undefined ? "" : ","}`,
  );
  return last && comma === undefined ? splice(withMember, [endOf(last), endOf(last)], ",") : withMember;
}

function cut(text: string, { parent, member: gone }: Found): string {
  const comma = commaAfter(text, endOf(gone));
  const before = parent.members[parent.members.indexOf(gone) - 1];
  const stray = comma === undefined && before ? commaAfter(text, endOf(before)) : undefined;
  const without = splice(text, linesOf(text, [startOf(gone), comma === undefined ? endOf(gone) : comma + 1]), "");
  const left = stray === undefined ? without : splice(without, [stray, stray + 1], "");
  const parentEnd = endOf(parent) - (text.length - left.length);
  const isEmpty = left.slice(startOf(parent) + 1, parentEnd - 1).trim() === "";
  return isEmpty ? splice(left, [startOf(parent), parentEnd], "{}") : left;
}

/** A range with the white space that came with it: whole lines, or the gap before. A line comment above keeps its line end. */
function linesOf(text: string, [start, end]: readonly [number, number]): readonly [number, number] {
  const gap = /[ \t]*$/.exec(text.slice(0, start))![0].length;
  if (!startsLine(text, start)) return [start - gap, end];
  const lineEnd = /^[ \t]*\r?\n/.exec(text.slice(end))?.[0].length;
  if (lineEnd !== undefined) return [start - gap, end + lineEnd];
  const above =
    text
      .slice(0, start - gap)
      .split("\n")
      .at(-2) ?? "";
  const closes = /^[ \t]*}/.test(text.slice(end)) && !above.includes("//");
  return [closes ? text.slice(0, start).trimEnd().length : start - gap, end];
}

/** Whether only white space stands before it on its line. */
const startsLine = (text: string, offset: number) =>
  text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset).trim() === "" && text.lastIndexOf("\n", offset - 1) >= 0;

function find(text: string, path: MemberPath): Found | undefined {
  let parent = rootOf(text);
  for (const [depth, key] of path.entries()) {
    const found = memberOf(parent, key);
    if (!found) return undefined;
    if (depth === path.length - 1) return { parent, member: found };
    if (found.value.type !== "Object") return undefined;
    parent = found.value;
  }
  return undefined;
}

/** Of repeated keys the last one counts. */
const memberOf = (object: ObjectNode, key: string) =>
  object.members.findLast(({ name }) => (name.type === "String" ? name.value : name.name) === key);

/** Where the comma behind an offset is, past white space and comments; undefined when something else comes first. */
function commaAfter(text: string, offset: number): number | undefined {
  const gap = /^(?:\s|\/\/[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(text.slice(offset))![0].length;
  return text[offset + gap] === "," ? offset + gap : undefined;
}

function rootOf(text: string): ObjectNode {
  // Offsets count from the first character, so the byte order mark must not be cut off but be a space.
  const { body } = parseTree(text.replace(/^\uFEFF/, " "), { mode: "json5" });
  if (body.type === "Object") return body;
  throw new HubError("CONFLICT", "The file is no JSON object");
}

/** The list that begins at an offset. */
function nodeAt(text: string, offset: number): ArrayNode | undefined {
  const inside = (node: ValueNode): ArrayNode | undefined => {
    if (node.type === "Array" && startOf(node) === offset) return node;
    const below = node.type === "Object" ? node.members : node.type === "Array" ? node.elements : [];
    return below.map(({ value }) => inside(value)).find((found) => found !== undefined);
  };
  return inside(rootOf(text));
}

interface Style {
  readonly unit: string;
  readonly newline: string;
}

function styleOf(text: string): Style {
  return { unit: /^([ \t]+)\S/m.exec(text)?.[1] ?? "  ", newline: text.includes("\r\n") ? "\r\n" : "\n" };
}

const print = (value: unknown, indent: string, { unit, newline }: Style) =>
  JSON.stringify(value, undefined, unit).replaceAll("\n", newline + indent);

/** The white space that the line of an offset begins with. */
const indentAt = (text: string, offset: number) => /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1))![0];

const sourceOf = (text: string, node: ValueNode) => text.slice(startOf(node), endOf(node));
const valueOf = (text: string, node: ValueNode) => JSON5.parse<unknown>(sourceOf(text, node));
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const splice = (text: string, [from, to]: readonly [number, number], by: string) => text.slice(0, from) + by + text.slice(to);
const startOf = ({ loc }: Located) => loc.start.offset;
const endOf = ({ loc }: Located) => loc.end.offset;
type Located = Pick<ValueNode | MemberNode | ElementNode, "loc">;

interface Edit {
  readonly edited: string;
  /** Undefined: the member is gone. */
  readonly value?: unknown;
}

/** Somebody's file is written only when it says what it said, but for the one member. */
function checked(text: string, path: MemberPath, { edited, value }: Edit): string {
  const expected = parse(text);
  let object = expected;
  for (const key of path.slice(0, -1)) {
    const inner = object[key];
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) {
      if (value === undefined) return edited;
      object[key] = {};
    }
    object = object[key] as Record<string, unknown>;
  }
  if (value === undefined) delete object[path.at(-1)!];
  else object[path.at(-1)!] = JSON.parse(JSON.stringify(value));
  if (isDeepStrictEqual(parse(edited), expected)) return edited;
  throw new HubError("CONFLICT", `${path.join(".")} cannot be changed without touching the rest of the file`, {
    hint: "Change it by hand",
  });
}

const parse = (text: string) => JSON5.parse<Record<string, unknown>>(text.replace(/^\uFEFF/, ""));
