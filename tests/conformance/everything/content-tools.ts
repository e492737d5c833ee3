import { fromJsonSchema, type McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { image, says, text, WAV } from "./content.ts";

/** The keywords of JSON Schema 2020-12 a hub or SDK is most likely to lose on the way (SEP-1613, SEP-2106). */
const CONTACT_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object" as const,
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  // oxlint-disable-next-line unicorn/no-thenable -- a JSON Schema keyword, never awaited
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};

/** Tools that answer at once: every content type, an error, and the schemas that must survive unchanged. */
export function addContentTools(server: McpServer): void {
  server.registerTool("test_simple_text", { description: "Answers with text" }, () => says("This is a simple text response for testing."));

  server.registerTool("test_image_content", { description: "Answers with an image" }, () => ({ content: [image()] }));

  server.registerTool("test_audio_content", { description: "Answers with audio" }, () => ({
    content: [{ type: "audio", data: WAV, mimeType: "audio/wav" }],
  }));

  server.registerTool("test_embedded_resource", { description: "Answers with an embedded resource" }, () => ({
    content: [
      {
        type: "resource",
        resource: {
          uri: "test://embedded-resource",
          mimeType: "text/plain",
          text: "This is an embedded resource content.",
        },
      },
    ],
  }));

  server.registerTool("test_multiple_content_types", { description: "Answers with text, an image and a resource" }, () => ({
    content: [
      text("Multiple content types test:"),
      image(),
      {
        type: "resource",
        resource: {
          uri: "test://mixed-content-resource",
          mimeType: "application/json",
          text: JSON.stringify({ test: "data", value: 123 }),
        },
      },
    ],
  }));

  server.registerTool("test_error_handling", { description: "Always fails" }, () => {
    throw new Error("This tool intentionally returns an error for testing");
  });

  server.registerTool(
    "json_schema_2020_12_tool",
    { description: "Tool with JSON Schema 2020-12 features", inputSchema: fromJsonSchema(CONTACT_SCHEMA) },
    (contact) => says(JSON.stringify(contact)),
  );

  server.registerTool(
    "test_header_mirror",
    {
      description: "Wants its region in a header as well (SEP-2243)",
      inputSchema: z.object({ region: z.string().meta({ "x-mcp-header": "Region" }) }),
    },
    ({ region }) => says(`Region: ${region}`),
  );
}
