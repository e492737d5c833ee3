import { z } from "zod";
import { errorTable, type ErrorCode } from "../kernel/errors.ts";
import { defineOperation } from "../kernel/operation.ts";
import { pageInput, pageOf } from "../kernel/pagination.ts";
import type { AuditRow } from "../store/tables.ts";
import "./area.ts";

const Outcome = z.enum(["OK", ...(Object.keys(errorTable) as ErrorCode[])]);
const Time = z.int().describe("Epoch milliseconds");

const AuditRecord = z.object({
  seq: z.int(),
  at: Time,
  principal: z.string(),
  action: z.string(),
  target: z.string().optional(),
  outcome: Outcome,
  ms: z.int().optional(),
  details: z.json().optional(),
  hash: z.string().describe("SHA-256 over this row and the hash of the row before"),
});

export const list = defineOperation({
  summary: "List what was done, newest first",
  http: "GET /audit",
  scope: "audit:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({
    principal: z.string().optional().describe("Only what this principal did"),
    action: z.string().optional().describe("Only this action, or every one of this area: servers"),
    target: z.string().optional().describe("Only what was done to this thing, or to every tool of this source"),
    outcome: Outcome.optional().describe("Only what ended so"),
    since: Time.optional().describe("Only from this time on, epoch milliseconds"),
    until: Time.optional().describe("Only before this time, epoch milliseconds"),
    limit: pageInput.limit,
    cursor: z
      .string()
      .regex(/^\d{1,15}$/)
      .optional()
      .describe(pageInput.cursor.description!),
  }),
  output: pageOf(AuditRecord),
  async run({ cursor, limit, ...filter }, { audit, principal: { tenant } }) {
    const rows = await audit.list({ ...filter, tenant, limit: limit + 1, before: cursor === undefined ? undefined : Number(cursor) });
    const items = rows.slice(0, limit).map(recordOf);
    return { items, ...(rows.length > limit && { nextCursor: String(items.at(-1)!.seq) }) };
  },
});

export const verify = defineOperation({
  summary: "Check that no audit row was deleted, edited or reordered",
  http: "POST /audit/verify",
  scope: "audit:read",
  audit: "read",
  annotations: { readOnlyHint: true, idempotentHint: true },
  input: z.object({}),
  output: z.object({
    ok: z.boolean(),
    rows: z.int().describe("How many rows are whole, from the first on"),
    seq: z.int().optional().describe("The first row that is not what it was, or is missing"),
    reason: z.string().optional(),
  }),
  run: (_, { audit }) => audit.verify(),
});

function recordOf(row: AuditRow): z.input<typeof AuditRecord> {
  const { seq, at, principal, action, target, outcome, ms, details_json, hash } = row;
  return {
    seq,
    at,
    principal,
    action,
    outcome: outcome as ErrorCode,
    hash,
    ...(target !== null && { target }),
    ...(ms !== null && { ms }),
    ...(details_json !== null && { details: JSON.parse(details_json) }),
  };
}
