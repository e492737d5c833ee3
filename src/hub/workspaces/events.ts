import { z } from "zod";
import { defineEvent } from "../kernel/event.ts";

export const changed = defineEvent({
  version: 1,
  summary: "The list of this user's running hubs is not what it was",
  level: "debug",
  data: z.object({ ports: z.array(z.int()).describe("Where hubs listen now") }),
});
