import { z } from "zod";
import { eventLevels } from "../kernel/event.ts";
import { defineOperation } from "../kernel/operation.ts";
import { pageInput, pageOf } from "../kernel/pagination.ts";
import "./area.ts";

const EventEnvelope = z.object({
  id: z.int().describe("Grows with every event; give the last one as `after` to go on"),
  type: z.string(),
  v: z.int().describe("Version of the data's form"),
  level: z.enum(eventLevels),
  at: z.int().describe("Epoch milliseconds"),
  tenant: z.string(),
  data: z.json(),
});

export const list = defineOperation({
  summary: "List what has happened, oldest first",
  description: "Without `after` the newest events; with it those that follow, for as long as they are kept: 7 days, and 10,000 per hub.",
  http: "GET /events",
  scope: "events:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({
    after: z.int().min(0).optional().describe("Only events behind this id"),
    types: z.array(z.string()).min(1).optional().describe("Only these types; `*` stands for any text: servers.*"),
    level: z.enum(eventLevels).optional().describe("Only this level and louder ones"),
    limit: pageInput.limit,
  }),
  output: pageOf(EventEnvelope),
  async run({ after, limit, ...filter }, { events, principal: { tenant } }) {
    const items = await events.since(after, { ...filter, tenant }, limit);
    const mayFollow = after !== undefined && items.length === limit;
    return { items: items as z.input<typeof EventEnvelope>[], ...(mayFollow && { nextCursor: String(items.at(-1)!.id) }) };
  },
});
