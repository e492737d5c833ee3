import { describeType, resolveSchema, type JsonSchema } from "#cli/json-schema.ts";
import { configJsonSchema } from "#hub/config/json-schema.ts";
import { code, jsonText, page, table, type Generator } from "./generated.ts";

/** `docs/reference/config.schema.json` and the same to read, `config.md`. */
export const configReference: Generator = () => {
  const schema: JsonSchema = configJsonSchema();
  const server = valueSchema(schema.properties?.["mcpServers"]);
  const about =
    "A configuration is a JSON5 file: the user's (`~/.config/hubctl/config.json5`), then the project's (`.hubctl/config.json5`), or those " +
    "given with `--config`, laid over one another in this order. Keys that hubctl does not know are left alone. The same as JSON Schema, " +
    "for editors: [config.schema.json](config.schema.json).";
  const sections = [
    ["Top level", schema],
    ["`hub`", schema.properties?.["hub"]],
    ["A server, in `mcpServers`", server],
    ["An input, in `inputs`", itemsOf(schema.properties?.["inputs"])],
  ] as const;
  const blocks = sections.flatMap(([title, object]) => [`## ${title}`, keys(title, object && resolveSchema(object, schema), schema)]);
  return [
    { path: "docs/reference/config.schema.json", text: jsonText(schema) },
    { path: "docs/reference/config.md", text: page("Configuration", about, ...blocks) },
  ];
};

const valueSchema = (map: JsonSchema | undefined) => (typeof map?.additionalProperties === "object" ? map.additionalProperties : undefined);
const itemsOf = (array: JsonSchema | undefined) => (typeof array?.items === "object" ? array.items : undefined);

/** The keys of an object, those of objects inside it with their path. */
function keys(title: string, object: JsonSchema | undefined, root: JsonSchema): string {
  if (!object?.properties) throw new Error(`The configuration schema has lost the keys of ${title}`);
  return table(["key", "type", "default", "what it is"], rows(object, root));
}

function rows(object: JsonSchema, root: JsonSchema, prefix = ""): string[][] {
  return Object.entries(object.properties ?? {}).flatMap(([key, field]) => [
    [
      code(prefix + key),
      code(describeType(field, root)),
      field.default === undefined ? "" : code(JSON.stringify(field.default)),
      `${field.description ?? ""}${object.required?.includes(key) && field.default === undefined ? " (required)" : ""}`,
    ],
    // The hub has a section of its own.
    ...(key === "hub" ? [] : rows(field, root, `${prefix}${key}.`)),
  ]);
}
