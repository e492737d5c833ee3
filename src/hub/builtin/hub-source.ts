import { z } from "zod";
import type { Pipeline } from "../catalog/pipeline.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { Source, SourceCall } from "../catalog/source.ts";
import { HubError } from "../kernel/errors.ts";
import type { ToolDefinition } from "../servers/capabilities.ts";
import { discoveryTools } from "./discovery-tools.ts";

/** Marks tools that administer the hub, in their `_meta`. */
export const adminMark = "hubctl/admin";

export interface HubSourceDeps {
  readonly catalog: () => Catalog;
  readonly pipeline: () => Pipeline;
  /** Every operation as a tool; read once, when first asked for. */
  readonly operationTools: readonly ToolDefinition[];
  readonly invoke: (name: string, input: unknown, call: SourceCall) => Promise<unknown>;
}

/** The hub as a source of its own: three tools to discover and call all others, and every operation. */
export function createHubSource({ catalog, pipeline, operationTools, invoke }: HubSourceDeps): Source {
  const discovery = discoveryTools({ catalog, pipeline });
  const taken = new Set(discovery.map(({ definition }) => definition.name));
  const tools = [...discovery.map(({ definition }) => definition), ...operationTools.filter(({ name }) => !taken.has(name))];
  return {
    id: "hub",
    kind: "hub",
    title: "hubctl",
    description: "Discovers and calls the tools of all sources, and administers the hub",
    available: true,
    tools,
    resources: [],
    resourceTemplates: [],
    prompts: [],
    // They change with the program only.
    caching: () => ({ ttlMs: 3_600_000, cacheScope: "public" }),
    async request(method, params, call) {
      if (method !== "tools/call") throw new HubError("NOT_FOUND", `The hub itself does not answer ${method}`);
      const { name, arguments: args } = Request.parse(params);
      const own = discovery.find(({ definition }) => definition.name === name);
      const answer = own ? await own.run(args, call) : await invoke(name, args, call);
      return isResult(answer) ? answer : { content: [{ type: "text", text: JSON.stringify(answer) }], structuredContent: answer };
    },
  };
}

const Request = z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()).default({}) });

const isResult = (answer: unknown): answer is Record<string, unknown> =>
  typeof answer === "object" && answer !== null && Array.isArray((answer as { content?: unknown }).content);
