import { z } from "zod";
import { defineEvent } from "../kernel/event.ts";
import { listNames, serverStates } from "./schema.ts";

export const stateChanged = defineEvent({
  version: 1,
  summary: "A server went from one state to another",
  level: "info",
  data: z.object({
    name: z.string(),
    from: z.enum(serverStates),
    to: z.enum(serverStates),
    error: z.string().optional(),
    nextRetryAt: z.int().optional(),
  }),
});

export const failed = defineEvent({
  version: 1,
  summary: "A server could not be connected or was lost",
  level: "error",
  data: z.object({ name: z.string(), error: z.string(), hint: z.string().optional() }),
});

export const listsChanged = defineEvent({
  version: 1,
  summary: "What a server offers is not what it was",
  level: "info",
  data: z.object({
    name: z.string(),
    changed: z.array(z.enum(listNames)).describe("Which lists differ from those before"),
    tools: z.int(),
    resources: z.int(),
    resourceTemplates: z.int(),
    prompts: z.int(),
  }),
});

export const sourcesChanged = defineEvent({
  version: 1,
  summary: "Source files of a server in development changed, so it restarts",
  level: "info",
  data: z.object({ name: z.string(), files: z.array(z.string()).describe("Relative to its dev.cwd") }),
});
