import { z } from "zod";
import { Caching } from "../kernel/caching.ts";

/** A definition as the server gave it: unknown fields go through unchanged. */
const Definition = <K extends string>(key: K) => z.looseObject({ [key]: z.string() } as Record<K, z.ZodString>);

export const ToolDefinition = Definition("name").extend({
  title: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  inputSchema: z.record(z.string(), z.unknown()).catch({ type: "object" }),
  outputSchema: z.record(z.string(), z.unknown()).optional().catch(undefined),
  annotations: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
export type ToolDefinition = z.infer<typeof ToolDefinition>;

export const ResourceDefinition = Definition("uri").extend({ name: z.string().catch("") });
export type ResourceDefinition = z.infer<typeof ResourceDefinition>;

export const ResourceTemplateDefinition = Definition("uriTemplate").extend({ name: z.string().catch("") });
export type ResourceTemplateDefinition = z.infer<typeof ResourceTemplateDefinition>;

export const PromptDefinition = Definition("name").extend({
  arguments: z
    .array(z.looseObject({ name: z.string() }))
    .optional()
    .catch(undefined),
});
export type PromptDefinition = z.infer<typeof PromptDefinition>;

/** All that a server told about itself; kept in the store, so that a restarted hub lists at once. */
export const Capabilities = z.object({
  /** False until a server has been listed once. */
  known: z.boolean(),
  serverInfo: z.looseObject({ name: z.string(), version: z.string(), title: z.string().optional() }).optional(),
  protocolVersion: z.string().optional(),
  instructions: z.string().optional(),
  declared: z.record(z.string(), z.unknown()),
  tools: z.array(ToolDefinition),
  resources: z.array(ResourceDefinition),
  resourceTemplates: z.array(ResourceTemplateDefinition),
  prompts: z.array(PromptDefinition),
  /** By the name of the list. */
  caching: z.record(z.string(), Caching).catch({}),
});
export type Capabilities = z.infer<typeof Capabilities>;

export const noCapabilities: Capabilities = {
  known: false,
  declared: {},
  tools: [],
  resources: [],
  resourceTemplates: [],
  prompts: [],
  caching: {},
};

/** The four lists of a server: how each is asked for, and which notification says that it changed. */
export const lists = {
  tools: { method: "tools/list", declaredAs: "tools", item: ToolDefinition },
  resources: { method: "resources/list", declaredAs: "resources", item: ResourceDefinition },
  resourceTemplates: { method: "resources/templates/list", declaredAs: "resources", item: ResourceTemplateDefinition },
  prompts: { method: "prompts/list", declaredAs: "prompts", item: PromptDefinition },
} as const;
export type ListName = keyof typeof lists;

export const listsOfNotification: Readonly<Record<string, readonly ListName[]>> = {
  "notifications/tools/list_changed": ["tools"],
  "notifications/resources/list_changed": ["resources", "resourceTemplates"],
  "notifications/prompts/list_changed": ["prompts"],
};
