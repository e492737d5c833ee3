export type JsonSchema = Readonly<Record<string, unknown>>;

interface ShapeBase {
  readonly description: string | undefined;
  readonly default: unknown;
  readonly isNullable: boolean;
}

export interface Property {
  readonly name: string;
  readonly isRequired: boolean;
  readonly schema: JsonSchema;
}

export interface Variant {
  readonly title: string;
  readonly schema: JsonSchema;
}

/** What a form asks for at one place. Only one level deep: what lies below is compiled when somebody opens it, so cycles cost nothing. */
export type Shape = ShapeBase &
  (
    | {
        readonly kind: "string";
        readonly format: string | undefined;
        readonly isSecret: boolean;
        readonly minLength: number;
        readonly maxLength: number;
        readonly pattern: RegExp | undefined;
      }
    | {
        readonly kind: "number";
        readonly isInteger: boolean;
        readonly minimum: number;
        readonly maximum: number;
        readonly multipleOf: number | undefined;
      }
    | { readonly kind: "boolean" }
    | { readonly kind: "choice"; readonly options: readonly { readonly label: string; readonly value: unknown }[] }
    | { readonly kind: "object"; readonly properties: readonly Property[]; readonly additional: JsonSchema | undefined }
    | { readonly kind: "array"; readonly items: JsonSchema; readonly minItems: number; readonly maxItems: number }
    | { readonly kind: "variants"; readonly variants: readonly Variant[] }
    /** Whatever the form has no better way for: typed as JSON. */
    | { readonly kind: "json" }
  );

const deepestReference = 32;

/** Compiles one level of a JSON Schema (drafts 7 to 2020-12, as tools use it). `root` is where `$ref` points into. */
export function compileShape(schema: JsonSchema, root: JsonSchema): Shape {
  const { schema: resolved, isNullable } = withoutNull(merged(resolve(schema, root), root), root);
  const base: ShapeBase = { description: text(resolved["description"]), default: resolved["default"], isNullable };
  const options = choices(resolved, root);
  if (options) return { ...base, kind: "choice", options };
  const variants = list(resolved["oneOf"]) ?? list(resolved["anyOf"]);
  if (variants && variants.length > 0)
    return { ...base, kind: "variants", variants: variants.map((each, i) => variant(each, i, { resolved, root })) };
  switch (typeOf(resolved)) {
    case "string":
      return { ...base, kind: "string", ...stringLimits(resolved) };
    case "integer":
    case "number":
      return { ...base, kind: "number", ...numberLimits(resolved) };
    case "boolean":
      return { ...base, kind: "boolean" };
    case "object":
      return { ...base, kind: "object", ...objectParts(resolved) };
    case "array":
      return {
        ...base,
        kind: "array",
        items: record(resolved["items"]) ?? {},
        minItems: number(resolved["minItems"], 0),
        maxItems: number(resolved["maxItems"], Infinity),
      };
    default:
      return { ...base, kind: "json" };
  }
}

/** Follows `$ref` inside the document; a reference that leads nowhere, out or in a circle allows anything. */
function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let at = schema;
  for (let steps = 0; typeof at["$ref"] === "string"; steps++) {
    const target = at["$ref"].startsWith("#") ? pointed(root, at["$ref"].slice(1)) : undefined;
    if (!target || steps === deepestReference) return {};
    const { $ref: _, ...beside } = at;
    at = { ...target, ...beside };
  }
  return at;
}

function pointed(root: JsonSchema, pointer: string): JsonSchema | undefined {
  const parts = decodeURIComponent(pointer).split("/").slice(1);
  return record(parts.reduce<unknown>((at, part) => record(at)?.[part.replaceAll("~1", "/").replaceAll("~0", "~")], root));
}

function merged(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const parts = list(schema["allOf"]);
  if (!parts) return schema;
  const { allOf: _, ...own } = schema;
  return parts
    .map((part) => merged(resolve(part, root), root))
    .reduce<JsonSchema>(
      (sum, part) => ({
        ...part,
        ...sum,
        properties: { ...record(sum["properties"]), ...record(part["properties"]), ...record(sum["properties"]) },
        required: [...strings(sum["required"]), ...strings(part["required"])],
      }),
      own,
    );
}

/** `["string", "null"]`, `anyOf: [X, {type: "null"}]` and OpenAPI's `nullable` all mean: X, or null. */
function withoutNull(schema: JsonSchema, root: JsonSchema): { schema: JsonSchema; isNullable: boolean } {
  const types = Array.isArray(schema["type"]) ? strings(schema["type"]) : undefined;
  if (types?.includes("null")) {
    const rest = types.filter((type) => type !== "null");
    return { schema: { ...schema, type: rest.length === 1 ? rest[0] : rest }, isNullable: true };
  }
  for (const key of ["anyOf", "oneOf"]) {
    const parts = list(schema[key]);
    const rest = parts?.filter((part) => part["type"] !== "null");
    if (!parts || !rest || rest.length === parts.length) continue;
    const { [key]: _, ...outer } = schema;
    return {
      schema: rest.length === 1 ? merged({ ...resolve(rest[0]!, root), ...outer }, root) : { ...outer, [key]: rest },
      isNullable: true,
    };
  }
  return { schema, isNullable: schema["nullable"] === true };
}

function choices(schema: JsonSchema, root: JsonSchema): readonly { label: string; value: unknown }[] | undefined {
  if ("const" in schema) return [{ label: label(schema["const"]), value: schema["const"] }];
  if (Array.isArray(schema["enum"]))
    return schema["enum"].filter((value) => value !== null).map((value: unknown) => ({ label: label(value), value }));
  const parts = (list(schema["oneOf"]) ?? list(schema["anyOf"]))?.map((part) => resolve(part, root));
  if (!parts?.length || !parts.every((part) => "const" in part)) return undefined;
  return parts.map((part) => ({ label: text(part["title"]) ?? label(part["const"]), value: part["const"] }));
}

function variant(
  schema: JsonSchema,
  index: number,
  { resolved, root }: { readonly resolved: JsonSchema; readonly root: JsonSchema },
): Variant {
  const own = resolve(schema, root);
  const discriminator = Object.entries(record(own["properties"]) ?? {}).find(
    ([, property]) => record(property) && "const" in record(property)!,
  );
  const title =
    text(own["title"]) ?? (discriminator ? label(record(discriminator[1])!["const"]) : undefined) ?? typeOf(own) ?? `option ${index + 1}`;
  const shared = record(resolved["properties"]);
  return { title, schema: shared ? { ...own, properties: { ...shared, ...record(own["properties"]) } } : own };
}

function typeOf(schema: JsonSchema): string | undefined {
  if (typeof schema["type"] === "string") return schema["type"];
  if (Array.isArray(schema["type"])) return schema["type"].length === 1 ? text(schema["type"][0]) : undefined;
  if (schema["properties"] || schema["additionalProperties"]) return "object";
  return schema["items"] ? "array" : undefined;
}

function stringLimits(schema: JsonSchema) {
  const format = text(schema["format"]);
  return {
    format,
    isSecret: format === "password" || schema["writeOnly"] === true,
    minLength: number(schema["minLength"], 0),
    maxLength: number(schema["maxLength"], Infinity),
    pattern: pattern(schema["pattern"]),
  };
}

function numberLimits(schema: JsonSchema) {
  return {
    isInteger: schema["type"] === "integer",
    minimum: number(schema["minimum"], -Infinity),
    maximum: number(schema["maximum"], Infinity),
    multipleOf: typeof schema["multipleOf"] === "number" ? schema["multipleOf"] : undefined,
  };
}

function objectParts(schema: JsonSchema) {
  const required = new Set(strings(schema["required"]));
  const properties = Object.entries(record(schema["properties"]) ?? {}).map(([name, property]): Property => ({
    name,
    isRequired: required.has(name),
    schema: record(property) ?? {},
  }));
  const extra = schema["additionalProperties"];
  const isOpen = extra === true || (extra === undefined && properties.length === 0);
  return { properties, additional: isOpen ? {} : record(extra) };
}

/** A pattern that this engine cannot compile checks nothing; the server will. */
function pattern(source: unknown): RegExp | undefined {
  if (typeof source !== "string") return undefined;
  try {
    return new RegExp(source, "u");
  } catch {
    return undefined;
  }
}

const record = (value: unknown): JsonSchema | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonSchema) : undefined;
const list = (value: unknown): readonly JsonSchema[] | undefined =>
  Array.isArray(value) ? value.map((item) => record(item) ?? {}) : undefined;
const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: unknown, otherwise: number): number => (typeof value === "number" ? value : otherwise);
const label = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
