import type { Source } from "#hub/catalog/source.ts";

/** A server with one tool that reads and nothing else, but for what a test says. */
export const fakeSource = (id: string, more: Partial<Source> = {}): Source => ({
  id,
  kind: "server",
  title: id,
  description: "",
  available: true,
  tools: [{ name: "read", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } }],
  resources: [],
  resourceTemplates: [],
  prompts: [],
  request: async () => ({ content: [] }),
  ...more,
});
