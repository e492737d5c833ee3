import { useRef } from "react";
import { HubError } from "#hub/kernel/errors.ts";
import type { Progress } from "#hub/kernel/operation.ts";
import type { ToolResult } from "#hub/catalog/schema.ts";
import { useClient } from "#tui/client/client-context.tsx";
import { useRemembered } from "#tui/state/remembered.ts";

export interface FinishedCall {
  readonly at: number;
  readonly ms: number;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The arguments with secrets covered. */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly outcome: { readonly kind: "result"; readonly result: ToolResult } | { readonly kind: "failure"; readonly error: HubError };
}

export interface RunningCall {
  readonly startedAt: number;
  readonly cancel: () => void;
  readonly progress: Progress | undefined;
}

const kept = 100;

export const isSuccess = ({ outcome }: FinishedCall): boolean => outcome.kind === "result" && !outcome.result.isError;

/** Calls of one tool: the one that runs, and those that ran, the newest first. They survive leaving the form. */
export function useToolCall(id: string) {
  const { connection, clock } = useClient();
  const [history, setHistory] = useRemembered<readonly FinishedCall[]>(`session.calls.${id}`, []);
  const [running, setRunning] = useRemembered<RunningCall | undefined>(`session.running.${id}`, undefined);
  const isRunning = useRef(false);

  const call = async (given: Record<string, unknown>, shown: Record<string, unknown>): Promise<void> => {
    if (isRunning.current || running) return;
    isRunning.current = true;
    const abort = new AbortController();
    const startedAt = clock.now();
    const show = (progress: Progress | undefined) =>
      setRunning({ startedAt, cancel: () => abort.abort(new HubError("CANCELLED", "Cancelled by you")), progress });
    show(undefined);
    const outcome = await connection.invoke("tools.call", { id, arguments: given }, { signal: abort.signal, onProgress: show }).then(
      (result): FinishedCall["outcome"] => ({ kind: "result", result: result as ToolResult }),
      (cause: unknown): FinishedCall["outcome"] => ({ kind: "failure", error: HubError.from(cause) }),
    );
    isRunning.current = false;
    setRunning(undefined);
    setHistory((past) => [{ at: startedAt, ms: clock.now() - startedAt, arguments: given, shown, outcome }, ...past].slice(0, kept));
  };
  return { call, running, history };
}
