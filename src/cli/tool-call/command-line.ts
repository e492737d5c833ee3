import { kebab } from "../flags.ts";
import { choicesOf, itemSchema, kindOf, resolveSchema, type JsonSchema, type Kind } from "../json-schema.ts";
import { propertiesOf, requiredOf } from "./tool-schema.ts";

/** The command line that calls a tool with these arguments; what it says is read back as the same arguments. */
export function commandLine(tool: string, args: Readonly<Record<string, unknown>>, schema: JsonSchema): string {
  return ["hubctl", "call", tool, ...argumentTokens(args, schema)].map(quote).join(" ");
}

/** One or more tokens for each argument, flags where a flag can say it and `key:=json` where not. */
export function argumentTokens(args: Readonly<Record<string, unknown>>, schema: JsonSchema): string[] {
  const properties = propertiesOf(schema, schema);
  return Object.entries(args).flatMap(([key, value]) => {
    const declared = resolveSchema(Object.hasOwn(properties, key) ? properties[key]! : {}, schema);
    return plainTokens(key, value, { declared, root: schema }) ?? [`${key}:=${JSON.stringify(value)}`];
  });
}

interface Declared {
  readonly declared: JsonSchema;
  readonly root: JsonSchema;
}

/** Undefined where flags cannot say it: a value of another type than declared, a name that is no flag's. */
function plainTokens(key: string, value: unknown, { declared, root }: Declared): string[] | undefined {
  if (!/^[\w-]+$/.test(key) || key.startsWith("-") || key.startsWith("no-")) return undefined;
  const write = writers[kindOf(declared)];
  return write?.(kebab(key), value, kindOf(resolveSchema(itemSchema(declared), root)));
}

type Writer = (name: string, value: unknown, item: Kind) => string[] | undefined;

const writeNumber: Writer = (name, value) => (typeof value === "number" ? [`--${name}`, JSON.stringify(value)] : undefined);

const writers: Partial<Record<Kind, Writer>> = {
  boolean: (name, value) => (typeof value === "boolean" ? [value ? `--${name}` : `--no-${name}`] : undefined),
  string: (name, value) => {
    if (typeof value !== "string") return undefined;
    return value.startsWith("--") ? [`--${name}=${value}`] : [`--${name}`, value];
  },
  number: writeNumber,
  integer: writeNumber,
  array: (name, value, item) => {
    const plain = item === "string" && Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
    return Array.isArray(value) && plain.length > 0 && plain.length === value.length ? plain.map((one) => `--${name}=${one}`) : undefined;
  },
};

/** Single quotes keep everything but themselves from a POSIX shell. */
export const quote = (token: string): string => (/^[\w@%+=:,./-]+$/.test(token) ? token : `'${token.replaceAll("'", `'\\''`)}'`);

const deepest = 4;

/** The smallest arguments the schema allows: required keys only, each with a value of its kind. */
export function exampleArguments(schema: JsonSchema, root: JsonSchema = schema, depth = 0): Record<string, unknown> {
  const properties = propertiesOf(schema, root);
  return Object.fromEntries(requiredOf(schema, root).map((key) => [key, exampleValue(key, properties[key] ?? {}, { root, depth })]));
}

interface Nesting {
  readonly root: JsonSchema;
  readonly depth: number;
}

function exampleValue(key: string, schema: JsonSchema, { root, depth }: Nesting): unknown {
  const resolved = resolveSchema(schema, root);
  const given = resolved.examples?.[0] ?? resolved.default ?? choicesOf(resolved)?.[0];
  return given ?? examples[kindOf(resolved)]?.(key, resolved, { root, depth: depth + 1 }) ?? formats[resolved.format ?? ""] ?? key;
}

type Example = (key: string, schema: JsonSchema, nesting: Nesting) => unknown;

const exampleNumber: Example = (_, { minimum }) => minimum ?? 1;

const examples: Partial<Record<Kind, Example>> = {
  boolean: () => true,
  integer: exampleNumber,
  number: exampleNumber,
  object: (_, schema, { root, depth }) => (depth <= deepest ? exampleArguments(schema, root, depth) : {}),
  array: (key, schema, nesting) => (nesting.depth <= deepest ? [exampleValue(key.replace(/s$/, ""), itemSchema(schema), nesting)] : []),
};

const formats: Readonly<Record<string, string>> = {
  date: "2026-11-20",
  "date-time": "2026-11-20T12:00:00Z",
  time: "12:00:00Z",
  email: "ana@example.com",
  uri: "https://example.com/",
  url: "https://example.com/",
  uuid: "019a9e1c-7b1e-7000-8000-000000000001",
  ipv4: "192.0.2.1",
  hostname: "example.com",
};
