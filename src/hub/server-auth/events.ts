import { z } from "zod";
import { defineEvent } from "../kernel/event.ts";

export const authorizationRequired = defineEvent({
  version: 1,
  summary: "A remote server wants a person to sign in; `servers.authorize` gives the address",
  level: "warn",
  data: z.object({
    name: z.string(),
    issuer: z.string().describe("The authorization server"),
    scope: z.string().optional().describe("Permissions that are asked for"),
    reason: z
      .enum(["no-token", "more-scope", "asked"])
      .describe("`more-scope`: it works on, but a call wanted more; `asked`: somebody asked for a new address"),
  }),
});

export const authorized = defineEvent({
  version: 1,
  summary: "The hub is signed in at a remote server, which connects by itself",
  level: "info",
  data: z.object({ name: z.string(), issuer: z.string(), scope: z.string().optional() }),
});

export const issuerChanged = defineEvent({
  version: 1,
  summary: "A remote server names another authorization server than before; nothing was sent there",
  level: "error",
  data: z.object({ name: z.string(), from: z.string(), to: z.string(), hint: z.string().optional() }),
});
