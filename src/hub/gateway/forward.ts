import { HubError } from "../kernel/errors.ts";
import type { Runtime } from "../kernel/runtime.ts";
import type { Handler } from "./compose.ts";
import { isRefused } from "./listening-hub.ts";

/** Where the hub listens that follows this one. */
export interface Heir {
  readonly url: string;
  readonly socket: string | undefined;
}

/** Of this connection, or made anew for the other. */
const hop = ["connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"];

/** Keeps a request from going round: where the other hub has died, its port is this one's again. */
const mark = "hubctl-forwarded";

/** Passes requests on to the hub that follows, by the way they came; who may do what is for that hub to say. */
export const forwardTo =
  ({ url, socket }: Heir, { fetch }: Pick<Runtime, "fetch">): Handler =>
  async (request, { via, keepOpen }) => {
    if (request.headers.has(mark)) throw gone();
    keepOpen();
    const { pathname, search } = new URL(request.url, url);
    const { method, signal } = request;
    const headers = without(request.headers, hop);
    headers.set(mark, "1");
    const answered = fetch(`${url}${pathname}${search}`, {
      method,
      signal,
      headers,
      body: request.body && (await request.arrayBuffer()),
      redirect: "manual",
      keepalive: false,
      ...(via === "unix" && { unix: socket }),
      ...asItCame,
    });
    return answered.catch((cause: unknown) => {
      throw isRefused(cause) ? gone(cause) : cause;
    });
  };

const gone = (cause?: unknown) => new HubError("UNAVAILABLE", "The hub that followed this one is gone", { cause });

/** Bun's own: the body stays compressed, and a quiet stream is not cut. */
const asItCame = { decompress: false, timeout: false };

/** The client is to call anew, and gets the hub that follows. */
export function lastAnswer(response: Response): Response {
  const headers = without(response.headers, hop);
  headers.set("connection", "close");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

function without(headers: Headers, names: readonly string[]): Headers {
  const left = new Headers(headers);
  for (const name of names) left.delete(name);
  return left;
}
