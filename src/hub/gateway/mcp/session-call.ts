import type { Call } from "../../catalog/call.ts";
import type { Principal } from "../../kernel/principal.ts";
import type { Clock } from "../../kernel/runtime.ts";
import { EarlyCall } from "./early-call.ts";
import { toolFailure } from "./mcp-error.ts";
import { isQuiet, toolCallIn, type Outcome, type PlainCall } from "./plain-call.ts";
import type { Rounds } from "./rounds.ts";
import type { View } from "./view.ts";

/** Calls of a session that have begun without a stream, by the id of their request. */
export type EarlyCalls = Map<unknown, EarlyCall>;

export interface SessionCaller {
  readonly view: View;
  readonly principal: Principal;
  readonly rounds: Rounds;
  readonly clock: Clock;
  readonly transport: { readonly sessionId?: string };
  readonly early: EarlyCalls;
  readonly asker: () => Pick<Call, "clientCapabilities" | "logLevel">;
}

type SessionCall = Omit<PlainCall, "clientCapabilities">;

/** An answer that takes longer gets a stream, over which its client can come back for it. */
const patienceMs = 20;
const revisions = new Set(["2025-03-26", "2025-06-18", "2025-11-25"]);

/** Reads a message of a session as a call that may be answered without a stream. */
export function sessionCall({ headers }: Request, body: unknown): SessionCall | undefined {
  const accept = headers.get("accept") ?? "";
  if (!accept.includes("application/json") || !accept.includes("text/event-stream")) return undefined;
  if (!revisions.has(headers.get("mcp-protocol-version") ?? "")) return undefined;
  const call = toolCallIn(body);
  return call && (call.meta === undefined || isQuiet(call.meta)) ? call : undefined;
}

/** Makes the call; undefined where it has to go on over a stream, and whoever opens that finds it among the early ones. */
export async function answerEarly(call: SessionCall, caller: SessionCaller): Promise<Response | undefined> {
  const { early, clock } = caller;
  const begun = begin(call, caller);
  early.set(call.id, begun);
  const outcome = await begun.withoutStream(clock, patienceMs);
  const answer = begun.isCancelled ? noAnswer() : outcome && answerOf(call, outcome, caller);
  if (answer) early.delete(call.id);
  return answer;
}

function begin({ name, args, meta }: SessionCall, { view, principal, rounds, asker }: SessionCaller): EarlyCall {
  const asked = { principal, door: view.door, passed: meta ? { _meta: meta } : {}, ...asker() };
  const binding = { principal: principal.id, method: "tools/call", target: name };
  const round = { binding, era: "legacy", state: undefined, inputResponses: undefined } as const;
  const work = (call: Call) => view.callTool(name, args, call).catch(toolFailure);
  return new EarlyCall(asked, (call) => rounds.run({ ...round, call, work }));
}

/** Undefined for what the SDK has to put into words. */
function answerOf({ id }: SessionCall, outcome: Outcome, { transport: { sessionId } }: SessionCaller): Response | undefined {
  if (!("result" in outcome)) return undefined;
  const { result } = outcome;
  if ("resultType" in result || "task" in result || !Array.isArray(result["content"])) return undefined;
  return Response.json({ jsonrpc: "2.0", id, result }, { headers: { "mcp-session-id": sessionId! } });
}

/** A request that was cancelled has no answer (specification, cancellation). */
const noAnswer = () => new Response("", { headers: { "content-type": "text/event-stream" } });
