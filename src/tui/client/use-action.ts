import { useCallback } from "react";
import { HubError } from "#hub/kernel/errors.ts";
import type { CallOptions } from "#hub/kernel/client.ts";
import { useNotify } from "#tui/widgets/toast/use-toasts.ts";
import { useClient } from "./client-context.tsx";
import type { OperationName, Operations } from "./operations.ts";

export interface ActionText {
  /** What is done, as the toast names it: `restart github`. */
  readonly doing: string;
  readonly done: string;
}

/** Runs an operation for its effect; the outcome is a toast, never a dialog, and what it changed is asked for again. */
export function useAction() {
  const { connection, cache, pulse } = useClient();
  const notify = useNotify();
  return useCallback(
    async <N extends OperationName>(name: N, input: Operations[N]["input"], text: ActionText & CallOptions): Promise<void> => {
      notify({ level: "info", text: `${text.doing} …` });
      try {
        await connection.invoke(name, input, { signal: text.signal });
        notify({ level: "ok", text: text.done });
      } catch (cause) {
        const error = HubError.from(cause);
        notify({ level: "bad", text: `${text.doing}: ${error.message}` });
        if (error.row.retryable) pulse.retryNow();
      }
      cache.refetch(name.slice(0, name.indexOf(".")));
    },
    [connection, cache, pulse, notify],
  );
}
