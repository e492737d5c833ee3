import { z } from "zod";
import { defineOperation } from "../kernel/operation.ts";
import "./area.ts";
import { HubStatus, Restarted } from "./schema.ts";

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

export const restart = defineOperation({
  summary: "Replace the running hub by a fresh process, without a failed request",
  description:
    "The new process reads the configuration and starts the servers before it takes over; when it cannot, the hub goes on as it is. Calls under way are finished by the old process, event streams end and can be resumed behind `Last-Event-ID`, and sessions of 2025-11-25 and older have to be initialized anew. On Linux no connection is refused; elsewhere there is a gap of some milliseconds.",
  http: "POST /hub/restart",
  scope: "hub:admin",
  audit: "write",
  annotations: { destructiveHint: false, idempotentHint: false },
  input: z.object({}),
  output: Restarted,
  run: (_, { restart }) => restart(),
});
