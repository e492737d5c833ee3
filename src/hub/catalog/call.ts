import type { ErrorCode } from "../kernel/errors.ts";
import type { Principal } from "../kernel/principal.ts";
import type { RequestOptions } from "../servers/connection.ts";
import type { Door, Effect, Source, SourceCall } from "./source.ts";

/** Who calls, through which door, and how the call may be followed and ended. */
export interface Call extends RequestOptions, Pick<SourceCall, "takesTask"> {
  readonly principal: Principal;
  readonly door: Door;
  readonly signal: AbortSignal;
  /** Fields of the request that go through as they came: `_meta`, the answers of a multi-round call. */
  readonly passed?: Readonly<Record<string, unknown>>;
}

export type CallKind = "tool" | "task" | "resource" | "prompt" | "completion" | "extension";

export interface FinishedCall {
  readonly kind: CallKind;
  readonly source: string;
  /** Tool id, prompt id or URI. */
  readonly target: string;
  readonly principal: Principal;
  readonly door: Door;
  readonly input: unknown;
  readonly outcome: ErrorCode | "OK" | "TOOL_ERROR";
  readonly ms: number;
  /** How long its source took; absent where the call was refused before. */
  readonly sourceMs?: number;
  /** Characters of the result's strings and keys, counted no further than the limit. */
  readonly resultSize?: number;
  /** The result was larger than the limit, so that the caller got an error instead. */
  readonly isCapped?: boolean;
}

/** What a trace tells of a call. */
export interface TracedCall {
  readonly kind: CallKind;
  readonly method: string;
  readonly target: string;
  readonly source: Pick<Source, "id" | "kind">;
  readonly door: Door;
  /** Of the request, where the caller's trace context is. */
  readonly meta: unknown;
}

/** Follows calls through the hub, where somebody collects traces. */
export interface CallTracing {
  /** Runs a call as a part of the trace that its `_meta` names, or else of the request it came with. */
  call(traced: TracedCall, work: () => Promise<Result>): Promise<Result>;
  /** Runs the request to its source, with parameters that continue the trace there. */
  request(traced: TracedCall, params: Result, send: (params: Result) => Promise<Result>): Promise<Result>;
}

/** The policy gate, as the pipeline sees it; lists ask `mayUse`, calls `require`. */
export interface UsePolicy {
  mayUse(principal: Principal, target: UseTarget): { readonly allowed: true } | { readonly allowed: false; readonly code: ErrorCode };
  require(principal: Principal, target: UseTarget): void;
}

export interface UseTarget {
  readonly tenant: string;
  readonly source: string;
  readonly tool: string;
  readonly effect: Effect;
}

export interface CallLimits {
  readonly maxResultBytes: number;
  /** To one source. */
  readonly maxConcurrentCalls: number;
  /** Of one tool in a row, after which it is refused for a while; 0: never. */
  readonly maxToolFailures: number;
}

export type Result = Record<string, unknown>;
