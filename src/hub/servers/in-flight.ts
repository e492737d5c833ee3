import { AsyncLocalStorage } from "node:async_hooks";

/** Who asked, as far as a server may reach back to them while their request runs. */
export interface Asking {
  readonly onNotification?: (notification: { readonly method: string; readonly params?: Record<string, unknown> }) => void;
  /** Answers a request that the server makes of its client: elicitation, sampling, roots. */
  readonly onServerRequest?: (method: string, params: Record<string, unknown>) => Promise<Record<string, unknown>>;
  /** The server closed the stream of the answer before the answer, and is asked for the rest of it. */
  readonly onStreamClosed?: () => void;
}

/**
 * Which request a message from a shared connection belongs to. Over Streamable HTTP the answer's stream is read in the
 * async context of the request, so it is known exactly; on a pipe it is known only while one request runs.
 * When it is not known nobody is told: a message for one principal must not reach another.
 */
export function createInFlight() {
  const context = new AsyncLocalStorage<Asking>();
  const running = new Set<Asking>();
  return {
    async run<T>(asking: Asking, work: () => Promise<T>): Promise<T> {
      running.add(asking);
      try {
        return await context.run(asking, work);
      } finally {
        running.delete(asking);
      }
    },
    asker(): Asking | undefined {
      const exact = context.getStore();
      if (exact) return running.has(exact) ? exact : undefined;
      const [only, ...others] = running;
      return others.length === 0 ? only : undefined;
    },
    /** Called where the stream of one request is read; that of unasked messages is nobody's. */
    streamClosed(): void {
      const asking = context.getStore();
      if (asking && running.has(asking)) asking.onStreamClosed?.();
    },
  };
}

export type InFlight = ReturnType<typeof createInFlight>;
