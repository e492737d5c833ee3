import { z } from "zod";
import { defineEvent } from "../kernel/event.ts";

const names = z.array(z.string());

export const changed = defineEvent({
  version: 1,
  summary: "The configuration was read again and is in use",
  level: "info",
  data: z.object({
    added: names,
    removed: names,
    modified: names,
    unchanged: names,
    fields: z.record(z.string(), names).describe("Which fields of each modified server changed"),
    files: names.describe("The files it came from"),
  }),
});

export const applied = defineEvent({
  version: 1,
  summary: "The servers are those of the configuration that was read again; they may still be connecting",
  level: "debug",
  data: z.object({ added: names, removed: names, modified: names, unchanged: names }),
});

export const rejected = defineEvent({
  version: 1,
  summary: "The configuration was read again and cannot be used; the former one stays in use",
  level: "error",
  data: z.object({
    message: z.string().describe("Everything that is wrong, one line each"),
    file: z.string().optional().describe("Where the first problem is"),
    line: z.int().optional(),
  }),
});
