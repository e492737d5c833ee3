import { z } from "zod";
import { defineEvent } from "../kernel/event.ts";

export const started = defineEvent({
  version: 1,
  summary: "The hub listens",
  level: "info",
  data: z.object({ version: z.string(), pid: z.int(), url: z.string().optional() }),
});

export const ready = defineEvent({
  version: 1,
  summary: "The hub serves; its servers are connecting",
  level: "debug",
  data: z.object({ pid: z.int() }),
});

export const stopping = defineEvent({
  version: 1,
  summary: "The hub is about to stop",
  level: "info",
  data: z.object({ pid: z.int() }),
});
