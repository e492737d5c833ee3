import { HubError } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import type { Clock } from "../kernel/runtime.ts";
import { Breakers, type Guarded } from "./breakers.ts";
import type { Call, CallKind, CallLimits, CallTracing, FinishedCall, Result, TracedCall, UsePolicy, UseTarget } from "./call.ts";
import { resultSize, tooLarge } from "./result-size.ts";

/** One call, resolved: what is asked of which source, and what may be refused before. */
export interface Plan extends Guarded {
  readonly kind: CallKind;
  /** The name it was asked for by. */
  readonly asked: string;
  readonly input: unknown;
  readonly use: UseTarget;
  readonly check?: () => void;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

export interface RunnerDeps {
  readonly clock: Clock;
  readonly policy: UsePolicy;
  readonly limits: CallLimits;
  readonly finished: (call: FinishedCall) => void | Promise<void>;
  readonly tracing?: CallTracing;
}

/** What becomes known of a call while it runs. */
interface Fate {
  outcome: FinishedCall["outcome"];
  sourceMs?: number;
  resultSize?: number;
  isCapped?: boolean;
}

/** Runs plans: policy, validation, limits, the source itself, the cap, and then whoever has to know. */
export class Runner {
  readonly #running = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  readonly breakers: Breakers;
  #underWay = 0;

  constructor(readonly deps: RunnerDeps) {
    this.breakers = new Breakers(deps.clock, deps.limits.maxToolFailures);
  }

  run(plan: Plan, call: Call): Promise<Result> {
    const { tracing } = this.deps;
    return tracing ? tracing.call(tracedCall(plan, call), () => this.#run(plan, call)) : this.#run(plan, call);
  }

  /** How many calls are under way to each source that has had one. */
  running(): ReadonlyMap<string, number> {
    return this.#running;
  }

  async #run(plan: Plan, call: Call): Promise<Result> {
    const { clock, limits } = this.deps;
    const started = clock.monotonic();
    const fate: Fate = { outcome: "OK" };
    try {
      this.#permit(call.principal, plan);
      plan.check?.();
      const result = await this.breakers.run(plan, call, () => this.#withSlot(plan, call, fate));
      if (result["isError"] === true) fate.outcome = "TOOL_ERROR";
      fate.resultSize = resultSize(result, limits.maxResultBytes);
      fate.isCapped = fate.resultSize > limits.maxResultBytes;
      if (fate.isCapped) throw tooLarge(limits.maxResultBytes);
      return result;
    } catch (cause) {
      const error = HubError.from(cause);
      fate.outcome = error.code;
      throw error;
    } finally {
      const { kind, target, input, source } = plan;
      const { principal, door } = call;
      const ms = clock.monotonic() - started;
      const told = this.deps.finished({ kind, source: source.id, target, principal, door, input, ms, ...fate });
      if (told) await told;
    }
  }

  /** Resolves when no call is under way. */
  drained(): Promise<void> {
    return this.#underWay === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What may not be known of looks exactly like what is not there, under the name it was asked for. */
  #permit(principal: Principal, { use, kind, asked }: Plan): void {
    const decision = this.deps.policy.mayUse(principal, use);
    if (!decision.allowed && decision.code === "NOT_FOUND") missing(kind, asked);
    this.deps.policy.require(principal, use);
  }

  async #withSlot(plan: Plan, call: Call, fate: Fate): Promise<Result> {
    const { clock, limits } = this.deps;
    const { id } = plan.source;
    const busy = this.#running.get(id) ?? 0;
    if (busy >= limits.maxConcurrentCalls)
      throw new HubError("RATE_LIMITED", `${id} already has ${busy} calls under way`, {
        hint: "Try again when some have finished, or raise hub.maxConcurrentCalls",
        details: { retryAfterMs: 1_000 },
      });
    this.#running.set(id, busy + 1);
    this.#underWay += 1;
    const asked = clock.monotonic();
    try {
      return await this.#ask(plan, call);
    } finally {
      fate.sourceMs = clock.monotonic() - asked;
      this.#running.set(id, this.#running.get(id)! - 1);
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  #ask(plan: Plan, call: Call): Promise<Result> {
    const { tracing } = this.deps;
    const { principal, door, passed, ...options } = call;
    const send = (params: Result) => plan.source.request(plan.method, params, { ...options, asker: { principal, door } });
    const params = { ...passed, ...plan.params };
    return tracing ? tracing.request(tracedCall(plan, call), params, send) : send(params);
  }
}

const tracedCall = ({ kind, method, target, source }: Plan, { door, passed }: Call): TracedCall => ({
  kind,
  method,
  target,
  source,
  door,
  meta: passed?.["_meta"],
});

const where: Record<CallKind, string> = {
  tool: "Look for it with `hubctl tools search`",
  task: "Call the tool again: a task that was not asked for in a while is forgotten",
  resource: "List them with `hubctl resources list`",
  prompt: "List them with `hubctl prompts list`",
  completion: "List the servers with `hubctl servers list`",
  extension: "List the servers with `hubctl servers list`",
};

/** Refuses a name that leads nowhere. */
export function missing(kind: CallKind, name: string): never {
  throw new HubError("NOT_FOUND", `There is no ${kind === "completion" ? "server" : kind} ${name}`, { hint: where[kind] });
}
