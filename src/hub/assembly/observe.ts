import type { CallStats } from "../catalog/call-stats.ts";
import type { FinishedCall } from "../catalog/call.ts";
import type { Audit } from "../audit/audit.ts";
import type { FinishedOperation } from "../kernel/operation.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { HubMetrics } from "../metrics/hub-metrics.ts";
import type { Ledger } from "../stats/ledger.ts";

export interface ObserverDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly stats: CallStats;
  readonly ledger: Pick<Ledger, "add">;
  readonly metrics: Pick<HubMetrics, "call" | "operation" | "auditRow" | "auditWrite">;
  readonly announce: (call: FinishedCall) => void;
}

const actions: Record<FinishedCall["kind"], string> = {
  tool: "tools.call",
  task: "tasks.ask",
  resource: "resources.read",
  prompt: "prompts.get",
  completion: "completion.complete",
  extension: "extensions.ask",
};

/** What happens when a call or an operation has ended: the audit row first, then figures, then the event. */
export function createObservers({ clock, audit, stats, ledger, metrics, announce }: ObserverDeps) {
  return {
    call(call: FinishedCall): Promise<void> {
      const started = clock.monotonic();
      const written = audit.appendSoon({
        tenant: call.principal.tenant,
        principal: call.principal.id,
        action: actions[call.kind],
        target: call.target,
        outcome: call.outcome === "TOOL_ERROR" ? "UPSTREAM_REJECTED" : call.outcome,
        ms: Math.round(call.ms),
        details: { door: call.door, input: call.input },
      });
      metrics.auditRow();
      stats.add(call);
      ledger.add(call);
      metrics.call(call);
      announce(call);
      return written.finally(() => metrics.auditWrite(clock.monotonic() - started));
    },
    operation(operation: FinishedOperation): void | Promise<void> {
      metrics.operation(operation);
      if (operation.audit === "none") return;
      metrics.auditRow();
      return audit.append({
        tenant: operation.principal.tenant,
        principal: operation.principal.id,
        action: operation.name,
        target: targetOf(operation.input),
        outcome: operation.outcome,
        ms: Math.round(operation.ms),
        details: { input: operation.input },
      });
    },
  };
}

/** The first thing an operation names is what it was done to. */
function targetOf(input: unknown): string | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  const fields = input as Record<string, unknown>;
  const named = fields["name"] ?? fields["id"] ?? fields["uri"];
  return typeof named === "string" ? named : undefined;
}
