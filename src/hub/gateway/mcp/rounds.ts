import {
  isInputRequiredResult,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import type { Call, Result } from "../../catalog/call.ts";
import { HubError } from "../../kernel/errors.ts";
import type { Clock, Random } from "../../kernel/runtime.ts";
import { createRoundStates, type Binding, type RoundStates } from "./round-state.ts";

export interface RoundsDeps {
  readonly clock: Clock;
  readonly random: Random;
}

/** One request of a client that may take several rounds of input. */
export interface Round {
  readonly binding: Binding;
  readonly era: "legacy" | "modern";
  /** The state the client sent back; undefined in the first round. */
  readonly state: string | undefined;
  readonly inputResponses: Readonly<Record<string, unknown>> | undefined;
  readonly call: Call;
  readonly work: (call: Call) => Promise<Result>;
}

/**
 * Multi-round input (2026-07-28, input_required) over servers of both eras. A server that asks its client while a call
 * runs, as servers of 2025 do, is kept waiting while the question goes out as a result and the answer comes with the next request.
 */
export interface Rounds {
  run(round: Round): Promise<Result>;
}

/** A question of a server, until the client has answered it. */
interface Question {
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly answered: PromiseWithResolvers<Record<string, unknown>>;
}

/** A call that outlives the request that began it. */
class WaitingCall {
  readonly questions = new Map<string, Question>();
  /** What the server asked for in vain, because the client has not declared it. */
  readonly missing: Record<string, Record<string, never>> = {};
  readonly stop = new AbortController();
  readonly result: Promise<Result>;
  asked = Promise.withResolvers<void>();
  expiry: Disposable | undefined;
  #asked = 0;

  constructor(
    /** The request that is being answered now: where progress goes, and who is asked. */
    public current: Call,
    work: Round["work"],
  ) {
    const result = work({
      ...current,
      signal: this.stop.signal,
      onProgress: current.onProgress && ((progress) => this.current.onProgress?.(progress)),
      onNotification: current.onNotification && ((notification) => this.current.onNotification?.(notification)),
      onServerRequest: (method, params) => this.#ask(method, params),
    });
    this.result = this.#judge(result);
    // Whoever follows the call hears of its failure; nobody may be following just then.
    this.result.catch(() => undefined);
  }

  /** Takes the answers that have come; a question without one stays open. */
  answer(inputResponses: Readonly<Record<string, unknown>>): void {
    this.asked = Promise.withResolvers();
    for (const [key, { answered }] of this.questions) {
      const answer = inputResponses[key];
      if (typeof answer !== "object" || answer === null) continue;
      this.questions.delete(key);
      answered.resolve(answer as Record<string, unknown>);
    }
    if (this.questions.size > 0) this.asked.resolve();
  }

  /** A call that failed after it asked in vain failed for that; one that got along without is a success. */
  async #judge(result: Promise<Result>): Promise<Result> {
    const failed = await result.then(
      ({ isError }) => isError === true,
      () => true,
    );
    if (failed && Object.keys(this.missing).length > 0)
      throw new MissingRequiredClientCapabilityError({ requiredCapabilities: this.missing });
    return result;
  }

  async #ask(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
    const needed = capabilityOf[method];
    if (needed === undefined || this.current.clientCapabilities?.[needed] === undefined) {
      if (needed !== undefined) this.missing[needed] = {};
      throw new ProtocolError(ProtocolErrorCode.MethodNotFound, `The asking client cannot answer ${method}`);
    }
    const answered = Promise.withResolvers<Record<string, unknown>>();
    // The server's `_meta` belongs to its own request, which the client never sees.
    const { _meta, ...question } = params;
    this.questions.set(`${needed}-${++this.#asked}`, { method, params: question, answered });
    this.asked.resolve();
    return answered.promise;
  }
}

const gatherMs = 10;
const patienceMs = 10 * 60_000;
const mostWaiting = 1_000;

const capabilityOf: Readonly<Record<string, string>> = {
  "elicitation/create": "elicitation",
  "sampling/createMessage": "sampling",
  "roots/list": "roots",
};

export const createRounds = (deps: RoundsDeps): Rounds => new LiveRounds(deps);

class LiveRounds implements Rounds {
  readonly #states: RoundStates;
  readonly #waiting = new Map<string, WaitingCall>();

  constructor(readonly deps: RoundsDeps) {
    this.#states = createRoundStates(deps);
  }

  async run({ binding, era, state, inputResponses, call, work }: Round): Promise<Result> {
    const opened = state === undefined ? undefined : this.#states.open(state, binding);
    if (opened && "waits" in opened) return this.#follow(this.#resume(opened.waits, call, inputResponses), binding);
    const asked = opened ? { ...call, passed: { ...call.passed, requestState: opened.passes } } : call;
    const result = era === "legacy" ? await work(asked) : await this.#follow(new WaitingCall(asked, work), binding);
    // A server of 2026 gave its own state, which goes through under the hub's seal; the hub's own is sealed already.
    if (!isInputRequiredResult(result) || typeof result.requestState !== "string" || this.#isOwn(result.requestState, binding))
      return result;
    return { ...result, requestState: this.#states.seal({ passes: result.requestState }, binding) };
  }

  /** Answers with the result, or with the questions that have come up until then. */
  async #follow(self: WaitingCall, binding: Binding): Promise<Result> {
    const leave = () => self.stop.abort(self.current.signal.reason);
    self.current.signal.addEventListener("abort", leave, { once: true });
    try {
      await Promise.race([self.result, self.asked.promise]);
      if (self.questions.size === 0) return await self.result;
      // A server that asks several things at once sends them one behind the other.
      await this.deps.clock.sleep(gatherMs);
    } finally {
      self.current.signal.removeEventListener("abort", leave);
    }
    const inputRequests = Object.fromEntries([...self.questions].map(([key, { method, params }]) => [key, { method, params }]));
    return { resultType: "input_required", inputRequests, requestState: this.#states.seal({ waits: this.#keep(self) }, binding) };
  }

  #keep(self: WaitingCall): string {
    if (this.#waiting.size >= mostWaiting) {
      self.stop.abort();
      throw new HubError("UNAVAILABLE", `${mostWaiting} calls already wait for input`, { hint: "Try again later" });
    }
    const id = this.deps.random.id();
    this.#waiting.set(id, self);
    self.expiry = this.deps.clock.after(patienceMs, () => {
      this.#waiting.delete(id);
      self.stop.abort();
    });
    return id;
  }

  #resume(id: string, call: Call, inputResponses: Round["inputResponses"]): WaitingCall {
    const self = this.#waiting.get(id);
    if (!self)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, "The call that asked has ended", { reason: "invalid_request_state" });
    this.#waiting.delete(id);
    self.expiry?.[Symbol.dispose]();
    self.current = call;
    self.answer(inputResponses ?? {});
    return self;
  }

  #isOwn(state: string, binding: Binding): boolean {
    try {
      return "waits" in this.#states.open(state, binding);
    } catch {
      return false;
    }
  }
}
