/** The part of JSON Schema (2020-12) that decides how an argument is typed. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly title?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

export const kinds = ["string", "integer", "number", "boolean", "array", "object"] as const;
/** What a text is decoded as; `any` when the schema declares no single type. */
export type Kind = (typeof kinds)[number] | "any";

/** A server may send a schema that refers to itself without end. */
const deepestReference = 32;

/** Follows local references (`#/$defs/…`) and one-armed unions, so that what is left says its type itself. */
export function resolveSchema(schema: JsonSchema, root: JsonSchema, depth = 0): JsonSchema {
  if (depth > deepestReference) return {};
  const only = soleBranch(schema);
  const target = schema.$ref === undefined ? only : referenced(schema.$ref, root);
  if (!target) return schema;
  const { $ref: _, anyOf: _anyOf, oneOf: _oneOf, allOf: _allOf, ...own } = schema;
  return { ...resolveSchema(target, root, depth + 1), ...own };
}

/** The branch of a union that is not `null`, when there is one only. */
function soleBranch({ anyOf, oneOf, allOf }: JsonSchema): JsonSchema | undefined {
  const branches = (anyOf ?? oneOf ?? allOf)?.filter((branch) => branch.type !== "null");
  return branches?.length === 1 ? branches[0] : undefined;
}

function referenced(pointer: string, root: JsonSchema): JsonSchema | undefined {
  if (!pointer.startsWith("#")) return undefined;
  const steps = pointer.slice(1).split("/").slice(1);
  return steps.reduce<unknown>((at, step) => ownValue(at, decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")), root) as
    JsonSchema | undefined;
}

/** A property of the value itself, never one of its prototype. */
function ownValue(value: unknown, key: string): unknown {
  return value !== null && typeof value === "object" && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

/** The single type a (resolved) schema declares. */
export function kindOf(schema: JsonSchema): Kind {
  const declared = typeof schema.type === "string" ? [schema.type] : (schema.type ?? typesOfBranches(schema) ?? typesOfValues(schema));
  const types = new Set(declared.filter((type) => type !== "null"));
  if (types.size === 2 && types.has("integer") && types.has("number")) return "number";
  const [type] = types;
  return types.size === 1 && (kinds as readonly string[]).includes(type!) ? (type as Kind) : "any";
}

function typesOfBranches({ anyOf, oneOf }: JsonSchema): string[] | undefined {
  return (anyOf ?? oneOf)?.map((branch) => (branch.$ref === undefined ? kindOf(branch) : "any"));
}

function typesOfValues(schema: JsonSchema): string[] {
  const values = schema.const === undefined ? schema.enum : [schema.const];
  if (values) return values.map((value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value));
  if (schema.properties) return ["object"];
  return schema.items === undefined ? [] : ["array"];
}

/** Values a schema allows, when it names them. */
export function choicesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum) return schema.enum;
  const branches = (schema.anyOf ?? schema.oneOf)?.filter((branch) => branch.type !== "null").map(choicesOf);
  return branches?.every((choices) => choices !== undefined) ? branches.flat() : undefined;
}

export const itemSchema = (schema: JsonSchema): JsonSchema => (typeof schema.items === "object" ? schema.items : {});

/** The type in words, for help and messages: `string`, `integer`, `full|none`, `string[]`. */
export function describeType(schema: JsonSchema, root: JsonSchema): string {
  const resolved = resolveSchema(schema, root);
  const choices = choicesOf(resolved);
  if (choices && choices.length <= 12) return choices.map(String).join("|");
  const kind = kindOf(resolved);
  if (kind === "array") return `${describeType(itemSchema(resolved), root)}[]`;
  return kind === "any" ? "any" : kind;
}
