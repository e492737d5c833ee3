import { z } from "zod";
import type { Pipeline } from "../catalog/pipeline.ts";
import type { Catalog, CatalogTool } from "../catalog/catalog.ts";
import { toolId } from "../catalog/naming.ts";
import type { Source, SourceCall } from "../catalog/source.ts";
import { HubError } from "../kernel/errors.ts";
import type { ToolDefinition } from "../servers/capabilities.ts";

export interface OwnTool {
  readonly definition: ToolDefinition;
  readonly run: (args: Record<string, unknown>, call: SourceCall) => Promise<unknown>;
}

interface Deps {
  readonly catalog: () => Catalog;
  readonly pipeline: () => Pipeline;
}

const listInput = z.object({
  include_tools: z.boolean().default(false).describe("Also give the tools of each integration with their input schemas"),
  connected_only: z.boolean().default(true).describe("Leave out integrations that are not connected"),
});

const toolsInput = z.object({ provider: z.string().min(1).describe("Name of the integration, from hub.integrations.list") });

const callInput = z.object({
  provider: z.string().min(1).describe("Name of the integration"),
  tool_name: z.string().min(1).describe("Full tool name, as hub.tools.list gives it"),
  arguments: z.record(z.string(), z.unknown()).default({}).describe("The tool's arguments, by its input schema"),
});

/** The three steps to any tool for a client that sees only these: which integrations, which tools, call one. */
export function discoveryTools({ catalog, pipeline }: Deps): OwnTool[] {
  const offered = (source: Source, { asker }: SourceCall) =>
    catalog()
      .snapshot()
      .tools.filter((tool) => tool.source === source && pipeline().mayUse(asker.principal, tool))
      .map(describe);
  const visible = ({ asker }: SourceCall) =>
    catalog()
      .sources()
      .filter((source) => pipeline().mayRead(asker.principal, source));
  const provider = (name: string, call: SourceCall) => {
    const found = visible(call).find(({ id }) => id === name);
    if (found) return found;
    throw new HubError("NOT_FOUND", `There is no integration ${name}`, { hint: "List them with hub.integrations.list" });
  };
  return [
    {
      definition: reading("integrations.list", "Step 1 of 3: list the integrations and whether each is connected.", listInput),
      async run(raw, call) {
        const input = listInput.parse(raw);
        const integrations = visible(call)
          .filter(({ available }) => available || !input.connected_only)
          .map((source) => ({
            name: source.id,
            display_name: source.title,
            description: source.description,
            auth_type: source.kind === "server" ? "custom" : "internal",
            is_configured: true,
            is_connected: source.available,
            ...(input.include_tools && { tools: offered(source, call) }),
          }));
        return { integrations };
      },
    },
    {
      definition: reading("tools.list", "Step 2 of 3: list the tools of one integration with their input schemas.", toolsInput),
      async run(raw, call) {
        const source = provider(toolsInput.parse(raw).provider, call);
        return { provider: source.id, tools: offered(source, call) };
      },
    },
    {
      definition: {
        ...reading("tools.call", "Step 3 of 3: call a tool of an integration. What it does is up to that tool.", callInput),
        annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
      },
      async run(raw, call) {
        const input = callInput.parse(raw);
        const tool = find(catalog(), provider(input.provider, call), input.tool_name);
        // The answer goes into one of the hub's own, which is no task: the hub waits for those of the tool.
        const { asker, takesTask: _none, ...options } = call;
        return pipeline().callTool(tool.id, input.arguments, { ...options, principal: asker.principal, door: "hub-tool" });
      },
    },
  ];
}

const describe = ({ id, definition }: CatalogTool) => ({
  name: id,
  description: definition.description,
  inputSchema: definition.inputSchema,
});

/** Takes the id, the wire name, or the name within the integration; never a tool of another one. */
function find(catalog: Catalog, source: Source, name: string): CatalogTool {
  const tool = [catalog.tool(name), catalog.tool(toolId(source.id, name))].find((found) => found?.source === source);
  if (tool?.id === "hub.tools.call") throw new HubError("VALIDATION", "hub.tools.call cannot call itself");
  if (tool) return tool;
  throw new HubError("NOT_FOUND", `${source.id} has no tool ${name}`, {
    hint: `List its tools with hub.tools.list {"provider":"${source.id}"}`,
  });
}

const reading = (name: string, description: string, input: z.ZodObject): ToolDefinition => ({
  name,
  description,
  inputSchema: z.toJSONSchema(input, { io: "input" }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
});
