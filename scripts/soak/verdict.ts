import type { Outcome } from "./outcome.ts";

/** A time in which a server was not there; `back` is when it could be reached again, undefined while it cannot. */
export interface Down {
  readonly server: string;
  readonly from: number;
  back?: number;
  /** When the first call that was sent after `back` was answered right. */
  recoveredAt?: number;
}

export const verdicts = ["right", "honest error", "lost", "crossed", "wrong"] as const;
export type Verdict = (typeof verdicts)[number];

/** How long the hub may take to use a server again that is back. */
export const recoveryMs = 10_000;

/** What an answer is worth, given when its server was down. */
export function verdictOf({ marker, answer, ...call }: Outcome, downs: readonly Down[]): Verdict {
  if ("nothing" in answer) return "lost";
  if ("code" in answer)
    return answer.code === "UPSTREAM_UNAVAILABLE" && downs.some((down) => touches(call, down)) ? "honest error" : "wrong";
  if (answer.marker !== marker) return "crossed";
  return answer.isWhole ? "right" : "wrong";
}

/** Whether any moment of a call lies in the time in which its server was down or coming back. */
const touches = (call: Pick<Outcome, "server" | "sentAt" | "doneAt">, { server, from, back = Number.POSITIVE_INFINITY }: Down) =>
  call.server === server && call.doneAt >= from && call.sentAt <= back + recoveryMs;

/** Notes which servers a right answer shows to have recovered. */
export function noteRecovery({ server, sentAt, doneAt }: Outcome, downs: readonly Down[]): void {
  for (const down of downs)
    if (down.server === server && down.recoveredAt === undefined && down.back !== undefined && sentAt >= down.back)
      down.recoveredAt = doneAt;
}
