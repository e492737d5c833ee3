import type { JSONRPCMessage } from "@modelcontextprotocol/client";

type Result = Record<string, unknown>;

/** Where a task is in the result that the SDK is shown in its place. */
const inside = "hubctl/task";

/** The SDK takes no answer of 2026-07-28 but a finished one, so that a task travels through it inside of one. */
export function wrapTask(message: JSONRPCMessage): void {
  if (!("result" in message) || (message.result as Result)["resultType"] !== "task") return;
  message.result = { resultType: "complete", content: [], [inside]: message.result };
}

export const unwrapTask = (result: Result): Result => (result[inside] as Result | undefined) ?? result;
