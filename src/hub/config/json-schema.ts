import { z } from "zod";
import { ConfigFile, ServerEntry } from "./schema.ts";

/** The configuration as JSON Schema, for the reference and for editors. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(ConfigFile, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      // The rule lives in a refinement, of which JSON Schema generation knows nothing.
      if (zodSchema === ServerEntry) jsonSchema.oneOf = [{ required: ["command"] }, { required: ["url"] }];
    },
  });
  return { ...schema, title: "hubctl configuration" };
}
