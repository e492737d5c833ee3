import type { ToolDetail } from "#hub/catalog/schema.ts";

const tool = (
  id: string,
  description: string,
  inputSchema: Record<string, unknown>,
  annotations: Record<string, unknown> = {},
): ToolDetail => ({
  id,
  wireName: id.replaceAll(".", "__"),
  source: id.slice(0, id.indexOf(".")),
  description,
  annotations,
  available: !id.startsWith("github."),
  inputSchema: { type: "object", ...inputSchema },
});

/** Tools that ask for every kind of argument a form has to know. */
export const fixtureTools: readonly ToolDetail[] = [
  tool(
    "slack.messages.post",
    "Post a message to a channel.",
    {
      required: ["channel"],
      properties: {
        channel: { type: "string", description: "Channel id, such as C024BE91L" },
        text: { type: "string", description: "Message text, in mrkdwn" },
        metadata: {
          type: "object",
          description: "Event metadata other apps can read",
          required: ["event_type"],
          properties: {
            event_type: { type: "string", description: "Name of the event" },
            event_payload: { type: "object", properties: { sha: { type: "string" }, ok: { type: "boolean" } }, additionalProperties: true },
          },
        },
        blocks: {
          type: "array",
          description: "Block Kit blocks",
          items: { type: "object", properties: { type: { type: "string" }, text: { type: "string" } }, required: ["type"] },
        },
        thread_ts: { type: "string", description: "Timestamp of the parent message" },
        unfurl_links: { type: "boolean", description: "Show previews of links" },
        mode: { type: "string", enum: ["full", "none", "client"], description: "How much markup is read" },
        retries: { type: "integer", minimum: 0, maximum: 5, description: "How often to try again" },
      },
    },
    { destructiveHint: false, readOnlyHint: false },
  ),
  tool(
    "slack.channels.list",
    "List the channels of the workspace.",
    { properties: { limit: { type: "integer", default: 100, minimum: 1, maximum: 1000 }, cursor: { type: "string" } } },
    { readOnlyHint: true },
  ),
  tool("slack.auth.test", "Say who the token belongs to.", { properties: {} }, { readOnlyHint: true }),
  tool("github.issues.create", "Create an issue in a repository.", {
    required: ["repo", "title"],
    properties: {
      repo: { type: "string" },
      title: { type: "string" },
      labels: { type: "array", items: { type: "string", enum: ["bug", "feature", "docs"] } },
    },
  }),
  tool("linear.issues.search", "Search issues by text, state or assignee.", {
    properties: {
      query: { type: ["string", "null"], description: "Text to look for" },
      filter: {
        description: "Either a state or a person",
        oneOf: [
          {
            title: "By state",
            type: "object",
            properties: { state: { type: "string", enum: ["todo", "doing", "done", "cancelled", "duplicate", "triage"] } },
            required: ["state"],
          },
          {
            title: "By person",
            type: "object",
            properties: { assignee: { type: "string", format: "email" }, onlyOpen: { type: "boolean" } },
            required: ["assignee"],
          },
        ],
      },
      nested: { $ref: "#/$defs/node" },
    },
    $defs: {
      node: {
        type: "object",
        description: "A tree of any depth",
        properties: { name: { type: "string" }, child: { $ref: "#/$defs/node" } },
      },
    },
  }),
  tool(
    "figma.files.get",
    "Get a file.",
    { required: ["key"], properties: { key: { type: "string" }, depth: { type: "number" } } },
    { readOnlyHint: true },
  ),
  ...Array.from({ length: 40 }, (_, i) =>
    tool(`filesystem.operation_${String(i).padStart(2, "0")}`, `Operation number ${i} on files.`, {
      properties: { path: { type: "string" } },
    }),
  ),
];
