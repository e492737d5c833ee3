import { HubError } from "#hub/kernel/errors.ts";
import type { OperationGuard } from "#hub/kernel/operation.ts";
import type { Principal } from "#hub/kernel/principal.ts";
import { grants } from "./scopes.ts";

export type Effect = "read" | "write" | "destructive";

/** A tool, resource or prompt that somebody wants to see or use. */
export interface PolicyTarget {
  readonly tenant: string;
  readonly source: string;
  /** Its name within the source. */
  readonly tool: string;
  readonly effect: Effect;
}

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: "FORBIDDEN" | "NOT_FOUND"; readonly reason: string; readonly scope?: string };

/** The policy gate: the only answer to "may this principal do this?". */
export interface Policy extends OperationGuard {
  /** What lists filter by. */
  mayUse(principal: Principal, target: PolicyTarget): Decision;
  /** What calls ask; throws exactly where `mayUse` says no. */
  require(principal: Principal, target: PolicyTarget): void;
}

/** What a principal needs to use any tool; the effect of the tool narrows it further. */
export const toolScope = "tools:call";

const allowed: Decision = { allowed: true };

/** What cannot be seen looks exactly like what is not there; the catalog throws it for unknown ids too. */
export const noSuchTool = (id: string): HubError =>
  new HubError("NOT_FOUND", `There is no tool ${id}`, { hint: "Look for it with `hubctl tools search`" });

const forbidden = (reason: string, scope?: string): HubError =>
  new HubError(
    "FORBIDDEN",
    reason,
    scope === undefined
      ? { hint: "Ask with a token that is not read-only" }
      : { hint: `Ask with a token that has the scope ${scope}`, details: { scope } },
  );

function mayUse(principal: Principal, target: PolicyTarget): Decision {
  if (principal.tenant !== target.tenant || (principal.sources && !principal.sources.includes(target.source)))
    return { allowed: false, code: "NOT_FOUND", reason: "It is not among the tools of this principal" };
  if (!grants(principal.scopes, toolScope))
    return { allowed: false, code: "FORBIDDEN", reason: `Calling tools needs the scope ${toolScope}`, scope: toolScope };
  if (principal.readOnly && target.effect !== "read")
    return {
      allowed: false,
      code: "FORBIDDEN",
      reason: `${target.source}.${target.tool} changes something, and this principal may only read`,
    };
  return allowed;
}

/** `tools:call` stays open to a read-only principal: each tool is then judged by its own effect. */
const isReading = (scope: string) => scope.endsWith(":read") || scope.endsWith(":call");

export function createPolicy(): Policy {
  return {
    mayUse,
    require(principal, target) {
      const decision = mayUse(principal, target);
      if (decision.allowed) return;
      if (decision.code === "NOT_FOUND") throw noSuchTool(`${target.source}.${target.tool}`);
      throw forbidden(decision.reason, decision.scope);
    },
    operation(principal, { name, scope }) {
      if (!grants(principal.scopes, scope)) throw forbidden(`${name} needs the scope ${scope}`, scope);
      if (principal.readOnly && !isReading(scope)) throw forbidden(`${name} changes something, and this principal may only read`);
    },
  };
}
