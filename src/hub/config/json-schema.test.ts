import { expect, test } from "bun:test";
import { configJsonSchema } from "./json-schema.ts";
import { ServerEntry } from "./schema.ts";

interface Schema {
  readonly description?: string;
  readonly properties?: Record<string, Schema>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly oneOf?: unknown;
  readonly type?: unknown;
  readonly $defs?: Record<string, Schema>;
}

const schema: Schema = configJsonSchema();
const server = schema.$defs!["Server"]!;

function* undescribed(node: Schema, path: string): Generator<string> {
  for (const [key, field] of Object.entries(node.properties ?? {})) {
    if (!field.description) yield `${path}.${key}`;
    yield* undescribed(field, `${path}.${key}`);
    if (field.items) yield* undescribed(field.items, `${path}.${key}[]`);
  }
}

test("every field is described", () => {
  expect([...undescribed(schema, ""), ...undescribed(server, "Server")]).toEqual([]);
});

test("a server is either local or remote, and may hold keys of others", () => {
  expect(server.oneOf).toEqual([{ required: ["command"] }, { required: ["url"] }]);
  expect(Object.keys(server.properties!)).toEqual(Object.keys(ServerEntry.shape));
  expect(server.additionalProperties).toEqual({});
  expect(server.properties!["disabled"]!.type).toBe("boolean");
});
