import { z } from "zod";
import { defineOperation } from "../kernel/operation.ts";
import { pageInput, pageOf } from "../kernel/pagination.ts";
import "./area.ts";
import { pageBy } from "./page.ts";
import { PromptResult, PromptSummary } from "./schema.ts";

export const list = defineOperation({
  summary: "List the prompts of all servers",
  http: "GET /prompts",
  scope: "tools:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({ source: z.string().optional().describe("Only prompts of this source"), ...pageInput }),
  output: pageOf(PromptSummary),
  async run({ source, limit, cursor }, { settle, signal, catalog, pipeline, principal }) {
    await settle(source === undefined ? "all" : [source], signal);
    const prompts = catalog
      .snapshot()
      .prompts.filter((prompt) => (source === undefined || prompt.source.id === source) && pipeline.mayUse(principal, prompt));
    return pageBy(prompts, {
      limit,
      cursor,
      key: ({ id }) => id,
      show: ({ id, wireName, source, definition }) => ({ ...definition, id, wireName, source: source.id }),
    });
  },
});

export const get = defineOperation({
  summary: "Get a prompt with its arguments filled in",
  http: "POST /prompts/{id}/get",
  scope: "tools:call",
  audit: "none",
  positional: ["id"],
  annotations: { readOnlyHint: true },
  input: z.object({
    id: z.string().min(1).describe("Prompt id, `<source>.<prompt>`"),
    arguments: z.record(z.string(), z.string()).default({}).describe("The prompt's arguments"),
  }),
  output: PromptResult,
  async run({ id, arguments: args }, { signal, pipeline, principal, progress, door }) {
    return (await pipeline.getPrompt(id, args, { principal, door, signal, onProgress: progress })) as z.input<typeof PromptResult>;
  },
});
