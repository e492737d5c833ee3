import { HubError } from "../kernel/errors.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { ToolDefinition } from "../servers/capabilities.ts";
import { closed, reduce, refusedForMs, type Breaker, type BreakerInput } from "./breaker.ts";
import type { Call, Result } from "./call.ts";
import type { Source } from "./source.ts";

/** A call, as far as a breaker is concerned. */
export interface Guarded {
  /** Absent where no tool is called. */
  readonly tool?: ToolDefinition;
  readonly target: string;
  readonly source: Source;
}

/**
 * Refuses calls of tools that fail while the rest of their server works. What is known of a tool goes with its definition,
 * which is another one after its server has connected anew or told of a change.
 */
export class Breakers {
  readonly #breakers = new WeakMap<ToolDefinition, Breaker>();

  constructor(
    readonly clock: Clock,
    /** Failures in a row after which a tool is refused; 0: never. */
    readonly limit: number,
  ) {}

  /** How long calls of a tool are refused from now on; undefined where they are not. */
  refusedForMs(tool: ToolDefinition): number | undefined {
    const breaker = this.#breakers.get(tool);
    return breaker && refusedForMs(breaker, this.clock.monotonic());
  }

  /** Does the work of a call, unless its tool is refused. */
  async run({ tool, target, source }: Guarded, { timeoutMs }: Call, work: () => Promise<Result>): Promise<Result> {
    // The hub's own tools fail where the tools that they call do, which are judged by themselves.
    if (!tool || this.limit === 0 || source.kind === "hub") return work();
    const wait = this.refusedForMs(tool);
    if (wait !== undefined && wait > 0) throw refused(target, source.id, wait);
    const isProbe = wait !== undefined;
    if (isProbe) this.#step(tool, { type: "tried" });
    try {
      const result = await work();
      this.#step(tool, { type: "answered" });
      return result;
    } catch (cause) {
      this.#step(tool, { type: verdictOn(cause, source.available, timeoutMs), isProbe });
      throw cause;
    }
  }

  #step(tool: ToolDefinition, input: BreakerInput): void {
    const before = this.#breakers.get(tool) ?? closed;
    const after = reduce(before, input, { now: this.clock.monotonic(), limit: this.limit });
    if (after !== before) this.#breakers.set(tool, after);
  }
}

/** What a failed call says of its tool. A server that is not there any more, or a caller in a hurry, says nothing of it. */
function verdictOn(cause: unknown, isThere: boolean, ownTimeoutMs: number | undefined): "answered" | "failed" | "left" {
  const { code } = HubError.from(cause);
  if (code === "UPSTREAM_REJECTED" || code === "VALIDATION") return "answered";
  const isUnanswered = code === "UPSTREAM_UNAVAILABLE" || (code === "TIMEOUT" && ownTimeoutMs === undefined);
  return isUnanswered && isThere ? "failed" : "left";
}

const refused = (target: string, source: string, retryAfterMs: number): HubError =>
  new HubError("UPSTREAM_UNAVAILABLE", `${target} is refused for a while, because call after call of it went without an answer`, {
    hint: `Try again in ${Math.ceil(retryAfterMs / 1_000)} s; for the reason look at \`hubctl servers logs ${source}\``,
    details: { retryAfterMs },
  });
