import { z } from "zod";

export type JsonSchema = Record<string, unknown>;

/** Turns zod schemas into OpenAPI 3.1 schemas; those that have an id become components, referred to by everyone. */
export interface SchemaCollection {
  /** The schema of one use; `owner` names what a recursive schema without id is called. */
  of(schema: z.ZodType, io: "input" | "output", owner: string): JsonSchema;
  readonly components: Readonly<Record<string, JsonSchema>>;
}

export function collectSchemas(): SchemaCollection {
  const components: Record<string, JsonSchema> = {};

  /** What a schema takes and what it gives differ by its defaults, so one id may need two names. */
  const nameFor = (id: string, schema: JsonSchema, io: "input" | "output"): string => {
    const known = components[id];
    if (known === undefined || Bun.deepEquals(known, schema)) return id;
    return io === "input" ? `${id}Input` : `${id}Output`;
  };

  return {
    components,
    of(schema, io, owner) {
      const {
        $schema: _,
        $defs,
        ...root
      } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as JsonSchema & { $defs?: Record<string, JsonSchema> };
      const names = new Map(
        Object.entries($defs ?? {}).map(([id, definition]) => [
          `#/$defs/${id}`,
          nameFor(componentName(id, owner), withoutId(definition), io),
        ]),
      );
      const isRecursive = JSON.stringify(root).includes('"$ref":"#"');
      if (isRecursive) names.set("#", nameFor(componentName(owner, owner), root, io));
      const target = (ref: string) => `#/components/schemas/${names.get(ref)}`;
      for (const [id, definition] of Object.entries($defs ?? {}))
        components[names.get(`#/$defs/${id}`)!] = redirect(withoutId(definition), target);
      if (!isRecursive) return redirect(root, target);
      components[names.get("#")!] = redirect(root, target);
      return { $ref: target("#") };
    },
  };
}

const withoutId = ({ id: _, ...schema }: JsonSchema): JsonSchema => schema;

/** zod numbers the definitions of schemas without id; such a number means something within its owner alone. */
const componentName = (id: string, owner: string) => (id.startsWith("__schema") ? `${owner}${id.slice(2)}` : id).replace(/[^\w.-]/g, "_");

function redirect(schema: JsonSchema, target: (ref: string) => string): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === "$ref" && typeof value === "string" ? target(value) : value,
  ) as JsonSchema;
}
