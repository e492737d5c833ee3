import { errorTable, type ErrorCode } from "../kernel/errors.ts";

const rows = Object.entries(errorTable) as [ErrorCode, (typeof errorTable)[ErrorCode]][];

/** What only HTTP can refuse, with the code it answers. */
const httpRefusals = { 413: "The body is larger than the hub takes", 415: "The body is not application/json" } as const;

/** CANCELLED answers nobody, so no caller can meet it. */
const statuses = [...new Set(rows.map(([, { status }]) => status))]
  .filter((status) => status !== errorTable.CANCELLED.status)
  .toSorted((a, b) => a - b);

const refTo = (status: number) => ({ $ref: `#/components/responses/Error${status}` });

/** The failures every operation may answer with, and those of a body where it takes one. */
export function errorResponses(hasBody: boolean): Record<string, { $ref: string }> {
  const all = hasBody ? [...statuses, ...Object.keys(httpRefusals).map(Number)] : statuses;
  return Object.fromEntries(all.map((status) => [String(status), refTo(status)]));
}

/** One shared response a status, naming the codes that come with it. */
export function errorResponseComponents(): Record<string, unknown> {
  const table = statuses.map((status) => {
    const found = rows.filter(([, row]) => row.status === status);
    return [status, found.map(([code, { means }]) => `\`${code}\`: ${means}`).join(". "), found.map(([code]) => code)] as const;
  });
  const refused = Object.entries(httpRefusals).map(
    ([status, means]) => [Number(status), `\`VALIDATION\`: ${means}`, ["VALIDATION"]] as const,
  );
  return Object.fromEntries(
    [...table, ...refused].map(([status, description, codes]) => [
      `Error${status}`,
      { description, ...extras(status), content: content(codes) },
    ]),
  );
}

const content = (codes: readonly string[]) => ({
  "application/json": {
    schema: {
      type: "object",
      required: ["error"],
      properties: { error: { allOf: [{ $ref: "#/components/schemas/Error" }, { type: "object", properties: { code: { enum: codes } } }] } },
    },
  },
});

function extras(status: number): { headers?: object } {
  if (status === 429 || status === 503)
    return { headers: { "Retry-After": { description: "Seconds to wait", schema: { type: "integer" } } } };
  if (status === 401) return { headers: { "WWW-Authenticate": { description: "How to authenticate", schema: { type: "string" } } } };
  return {};
}

export const errorSchema = {
  type: "object",
  description: "What failed, why, and what to do about it",
  required: ["code", "message", "retryable"],
  properties: {
    code: { type: "string", enum: rows.map(([code]) => code) },
    message: { type: "string" },
    retryable: { type: "boolean", description: "Whether the same request may work later" },
    hint: { type: "string", description: "The next step, for a person" },
    details: { type: "object", description: "Facts about the failure, by code" },
  },
};
