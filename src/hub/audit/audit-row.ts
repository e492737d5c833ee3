import { createHash } from "node:crypto";
import { z } from "zod";
import type { ErrorCode } from "../kernel/errors.ts";
import { redact, redactText } from "../kernel/redact.ts";
import type { AuditRow } from "../store/tables.ts";

/** Who did what, and how it ended. */
export interface AuditEntry {
  readonly tenant: string;
  /** Id of the principal. */
  readonly principal: string;
  /** An operation, or `tools.call`. */
  readonly action: string;
  /** What it was done to: a tool id, a server, a user. */
  readonly target?: string;
  readonly outcome: ErrorCode | "OK";
  readonly ms?: number;
  /** Anything more; secrets are taken out, and what is too long is cut. */
  readonly details?: unknown;
}

/** The end of the chain. The store keeps it apart from the rows, so that rows missing at the end are missed. */
export const AuditHead = z.object({ seq: z.int(), hash: z.string() });
export type AuditHead = z.output<typeof AuditHead>;

export const beginning: AuditHead = { seq: 0, hash: "" };

/** Undefined when there is no record, or somebody has made it unreadable. */
export function parseHead(json: string | undefined): AuditHead | undefined {
  try {
    return json === undefined ? undefined : AuditHead.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

export type UnlinkedRow = Omit<AuditRow, "seq" | "prev_hash" | "hash">;

/** The columns of an entry, fit to be stored. */
export function rowOf(entry: AuditEntry, at: number): UnlinkedRow {
  return {
    at,
    tenant_id: storable(entry.tenant),
    principal: storable(entry.principal),
    action: storable(entry.action),
    target: entry.target === undefined ? null : storable(redactText(entry.target)),
    outcome: entry.outcome,
    ms: entry.ms === undefined ? null : Math.round(entry.ms),
    details_json: entry.details === undefined ? null : detailsOf(entry.details),
  };
}

/** Makes a row the next link of the chain. */
export function link(head: AuditHead, row: UnlinkedRow): AuditRow {
  const linked = { ...row, seq: head.seq + 1, prev_hash: head.hash };
  return { ...linked, hash: hashOf(linked) };
}

/** SHA-256 over the columns in a fixed order, as one JSON text, so that no two rows read the same. */
export function hashOf(row: Omit<AuditRow, "hash">): string {
  const { seq, at, tenant_id, principal, action, target, outcome, ms, details_json, prev_hash } = row;
  const text = JSON.stringify([seq, at, tenant_id, principal, action, target, outcome, ms, details_json, prev_hash]);
  return createHash("sha256").update(text).digest("hex");
}

const longestText = 512;
const longestDetails = 4_096;
/** Longer ones are not even searched for secrets. */
const largestDetails = 65_536;

/** What comes back from both databases as it went in: PostgreSQL takes no NUL, SQLite's text is UTF-8. */
const storable = (text: string) => text.slice(0, longestText).toWellFormed().replaceAll("\0", "�");

function detailsOf(details: unknown): string {
  const raw = jsonOf(details);
  if (raw === undefined) return JSON.stringify({ cut: true });
  if (raw.length > largestDetails) return JSON.stringify({ cut: true, length: raw.length });
  const json = JSON.stringify(redact(JSON.parse(raw)));
  for (let kept = longestDetails; ; kept = Math.floor(kept * 0.75)) {
    const text = json.length <= kept ? json : JSON.stringify({ cut: true, length: json.length, start: json.slice(0, kept) });
    if (Buffer.byteLength(text) <= longestDetails) return text;
  }
}

/** Undefined for what JSON cannot say, as details must not keep their row from being written. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    return undefined;
  }
}
