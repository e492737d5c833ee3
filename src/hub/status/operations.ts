import { z } from "zod";
import { defineOperation } from "../kernel/operation.ts";
import "./area.ts";
import { HubStatus } from "./schema.ts";

export const status = defineOperation({
  summary: "Show the hub: version, state, addresses, how many servers and tools",
  http: "GET /hub/status",
  scope: "hub:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({}),
  output: HubStatus,
  run: (_, { status }) => status(),
});
