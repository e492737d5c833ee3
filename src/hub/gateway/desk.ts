import type { Server } from "bun";
import type { Log } from "../kernel/log.ts";
import type { Runtime } from "../kernel/runtime.ts";
import type { Handler } from "./compose.ts";
import type { Exchange } from "./exchange.ts";
import { caught, failure } from "./failure.ts";
import { forwardTo, lastAnswer, type Heir } from "./forward.ts";

export interface DeskOptions {
  readonly handler: Handler;
  readonly log: Log;
  readonly runtime: Pick<Runtime, "fetch">;
}

/** Where requests are answered, whichever way they came. */
export interface Desk {
  answer(via: Exchange["via"]): (request: Request, server: Server<undefined>) => Promise<Response>;
  readonly failed: (cause: Error) => Response;
  /** Ends the streams that would never end by themselves. */
  close(): void;
  /** From now on all requests go to another hub, and no connection is used twice. */
  retire(heir: Heir): void;
}

export function createDesk({ handler, log, runtime }: DeskOptions): Desk {
  const closing = new AbortController();
  let successor: Handler | undefined;
  return {
    answer: (via) => async (request, server) => {
      const exchange: Exchange = {
        via,
        get peer() {
          return server.requestIP(request)?.address;
        },
        closing: closing.signal,
        requestId: "",
        route: undefined,
        keepOpen: () => server.timeout(request, 0),
      };
      try {
        const response = await (successor ?? handler)(request, exchange);
        return successor ? lastAnswer(response) : response;
      } catch (cause) {
        return failure(caught(cause, exchange, log), exchange);
      }
    },
    failed: (cause) => failure(caught(cause, { requestId: "" }, log), { requestId: "" }),
    close: () => closing.abort(),
    retire(heir) {
      successor = forwardTo(heir, runtime);
      closing.abort();
    },
  };
}
