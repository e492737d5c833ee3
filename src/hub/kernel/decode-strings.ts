/** The part of JSON Schema that says how to read a string: what `z.toJSONSchema` writes for an operation's input. */
export interface InputSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, InputSchema | boolean>>;
  readonly items?: InputSchema | boolean;
  readonly anyOf?: readonly (InputSchema | boolean)[];
  readonly oneOf?: readonly (InputSchema | boolean)[];
  readonly allOf?: readonly (InputSchema | boolean)[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, InputSchema | boolean>>;
  readonly [keyword: string]: unknown;
}

/**
 * Turns the strings of a query or a command line into what the schema's properties ask for. A text that does not fit
 * stays as it is, so that the schema names the mistake; `"false"` is never true, as `z.coerce` would have it.
 */
export function decodeStrings(schema: InputSchema, record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => {
      const property = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name] : undefined;
      return [name, property === undefined ? value : decode(variants(property, schema), value, schema)];
    }),
  );
}

/** Plain alternatives of a schema, with references, unions and intersections opened. */
function variants(schema: InputSchema | boolean, root: InputSchema, depth = 0): InputSchema[] {
  if (typeof schema === "boolean" || depth > 8) return [{}];
  if (schema.$ref !== undefined) return variants(root.$defs?.[schema.$ref.replace("#/$defs/", "")] ?? {}, root, depth + 1);
  const inner = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (inner) return inner.flatMap((one) => variants(one, root, depth + 1));
  if (Array.isArray(schema.type)) return schema.type.map((type: string) => ({ ...schema, type }));
  return [schema];
}

function decode(options: readonly InputSchema[], value: unknown, root: InputSchema): unknown {
  const list = options.find(({ type }) => type === "array");
  if (list && (typeof value === "string" || Array.isArray(value))) return decodeList(list, value, root);
  if (typeof value !== "string") return value;
  for (const option of options) {
    const read = decodeOne(option, value);
    if (read !== undefined) return read;
  }
  return value;
}

/** A list is written as JSON, or by giving its name once for every item. */
function decodeList(list: InputSchema, value: string | readonly unknown[], root: InputSchema): unknown {
  const json = typeof value === "string" && value.trimStart().startsWith("[") ? fromJson(value, Array.isArray) : undefined;
  if (json !== undefined) return json;
  const item = variants(list.items ?? {}, root);
  return (typeof value === "string" ? [value] : value).map((one) => decode(item, one, root));
}

const number = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Undefined where the text does not fit this alternative. */
function decodeOne(schema: InputSchema, text: string): unknown {
  const allowed = schema.enum ?? (schema.const !== undefined ? [schema.const] : undefined);
  if (allowed) return allowed.find((value) => String(value) === text);
  switch (schema.type) {
    case "string":
      return text;
    case "integer":
    case "number":
      return number.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "null":
      return text === "null" ? null : undefined;
    case "object":
      return fromJson(text, (value) => typeof value === "object" && value !== null && !Array.isArray(value));
    default:
      return fromJson(text, () => true);
  }
}

function fromJson(text: string, fits: (value: unknown) => boolean): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return fits(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
