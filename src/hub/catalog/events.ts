import { z } from "zod";
import { defineEvent } from "../kernel/event.ts";

export const changed = defineEvent({
  version: 1,
  summary: "The tools, resources or prompts that the hub offers are not what they were",
  level: "info",
  data: z.object({ kinds: z.array(z.enum(["tools", "resources", "prompts"])), tools: z.int(), resources: z.int(), prompts: z.int() }),
});

export const called = defineEvent({
  version: 1,
  summary: "A call went through the pipeline",
  level: "info",
  data: z.object({
    kind: z.enum(["tool", "task", "resource", "prompt", "completion", "extension"]),
    target: z.string(),
    source: z.string(),
    door: z.string(),
    principal: z.string(),
    outcome: z.string(),
    ms: z.number(),
  }),
});
