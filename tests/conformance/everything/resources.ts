import { ResourceTemplate, type McpServer } from "@modelcontextprotocol/server";
import { PNG } from "./content.ts";
import type { EverythingState } from "./state.ts";

/** Direct resources, a template, and one resource that changes. */
export function addResources(server: McpServer, state: EverythingState): void {
  server.registerResource(
    "static-text",
    "test://static-text",
    { description: "A text that never changes", mimeType: "text/plain" },
    (uri) => ({
      contents: [{ uri: uri.href, mimeType: "text/plain", text: "This is the content of the static text resource." }],
    }),
  );

  server.registerResource(
    "static-binary",
    "test://static-binary",
    { description: "An image that never changes", mimeType: "image/png" },
    (uri) => ({ contents: [{ uri: uri.href, mimeType: "image/png", blob: PNG }] }),
  );

  server.registerResource(
    "watched-resource",
    "test://watched-resource",
    { description: "A text that test_trigger_resource_update changes", mimeType: "text/plain" },
    (uri) => ({ contents: [{ uri: uri.href, mimeType: "text/plain", text: `Revision ${state.watchedRevision}` }] }),
  );

  server.registerResource(
    "template",
    new ResourceTemplate("test://template/{id}/data", { list: undefined, complete: { id: () => ["1", "2", "3"] } }),
    { description: "A record by its id", mimeType: "application/json" },
    (uri, { id }) => ({
      contents: [
        {
          uri: uri.href,
          mimeType: "application/json",
          text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
        },
      ],
    }),
  );
}
