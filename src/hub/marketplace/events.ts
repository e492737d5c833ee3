import { z } from "zod";
import { defineEvent } from "../kernel/event.ts";

const which = {
  server: z.string().describe("Name in the configuration"),
  name: z.string().describe("Name in the registry"),
  version: z.string(),
};

export const installed = defineEvent({
  version: 1,
  summary: "A server was installed from the marketplace",
  level: "info",
  data: z.object({ ...which, state: z.enum(["enabled", "quarantined"]), tools: z.int() }),
});

export const uninstalled = defineEvent({
  version: 1,
  summary: "A server that came from the marketplace was taken away",
  level: "info",
  data: z.object(which),
});

export const updated = defineEvent({
  version: 1,
  summary: "A server from the marketplace runs in another version",
  level: "info",
  data: z.object({ ...which, from: z.string(), state: z.enum(["enabled", "quarantined"]) }),
});

export const synced = defineEvent({
  version: 1,
  summary: "The registry was followed",
  level: "debug",
  data: z.object({ received: z.int(), skipped: z.int(), complete: z.boolean(), withdrawn: z.int() }),
});

export const withdrawn = defineEvent({
  version: 1,
  summary: "The registry withdrew a version that is installed here; the server was disabled",
  level: "warn",
  data: z.object({ ...which, message: z.string().optional() }),
});
