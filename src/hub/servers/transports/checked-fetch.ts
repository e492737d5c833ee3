import { isJsonContentType, ProtocolErrorCode, SdkErrorCode, SdkHttpError, type FetchLike } from "@modelcontextprotocol/client";
import { HubError } from "../../kernel/errors.ts";

export interface CheckedFetchOptions {
  readonly maxMessageBytes: number;
  /** HTTP+SSE: its transport tells a refused POST in words alone, so the refusal is made an error with a status here. */
  readonly sse?: boolean;
}

/** What the transports of remote servers fetch with: no answer without bound, and "slow down" is heard as that. */
export function checkedFetch(send: FetchLike, { maxMessageBytes, sse = false }: CheckedFetchOptions): FetchLike {
  return async (url, init) => {
    const response = await send(url, init);
    if (response.status === 429) throw await slowDown(response, String(url));
    if (sse && init?.method === "POST" && !response.ok && response.status !== 401) throw await refusal(response);
    const answer = bounded(response, maxMessageBytes);
    return answer.status === 404 ? methodUnknown(answer) : answer;
  };
}

/**
 * A server of 2026-07-28 says with 404 that it does not know a method, and says so in the body too. The SDK takes every 404 for a
 * server that is not there, so the answer is given to it as what it is; a session that is gone has another code.
 */
async function methodUnknown(response: Response): Promise<Response> {
  if (!isJsonContentType(response.headers.get("content-type"))) return response;
  const { headers, status, statusText } = response;
  const text = await response.text();
  const isAnswer = rpcCode(text) === ProtocolErrorCode.MethodNotFound;
  return Object.defineProperty(new Response(text, isAnswer ? { headers } : { headers, status, statusText }), "url", {
    value: response.url,
  });
}

function rpcCode(text: string): unknown {
  try {
    return (JSON.parse(text) as { error?: { code?: unknown } } | null)?.error?.code;
  } catch {
    return undefined;
  }
}

async function slowDown(response: Response, url: string): Promise<HubError> {
  await response.body?.cancel();
  const wait = retryAfterMs(response.headers.get("retry-after"));
  return new HubError("RATE_LIMITED", `${new URL(url).host} says that there are too many requests (HTTP 429)`, {
    hint: "Wait before calling it again",
    ...(wait !== undefined && { details: { retryAfterMs: wait } }),
  });
}

/** Seconds, as servers send it; the other form, a date, is left out rather than held against a clock that may be wrong. */
const retryAfterMs = (header: string | null): number | undefined =>
  header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) * 1_000 : undefined;

async function refusal(response: Response): Promise<SdkHttpError> {
  const { status, statusText } = response;
  const text = (await response.text().catch(() => "")).slice(0, 2_000);
  return new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, `Error POSTing to endpoint: ${text}`, { status, statusText, text });
}

/** Breaks off an answer that is longer than one message may be; of a stream of events each event counts for itself. */
function bounded(response: Response, most: number): Response {
  const { headers, body, status, statusText } = response;
  const announced = headers.get("content-length");
  const isPlain = announced !== null && !headers.has("content-encoding");
  if (!body || (isPlain && Number(announced) <= most)) return response;
  const isStream = headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const counted = body.pipeThrough(limit(most, isStream ? lastEventEnd : () => -1));
  return Object.defineProperty(new Response(counted, { status, statusText, headers }), "url", { value: response.url });
}

/** Passes bytes on; `end` finds where in a chunk the last whole message ends, -1 where none does. */
function limit(most: number, end: (chunk: Uint8Array, before: readonly number[]) => number): TransformStream<Uint8Array, Uint8Array> {
  let held = 0;
  let before: readonly number[] = [];
  return new TransformStream({
    transform(chunk, controller) {
      const at = end(chunk, before);
      held = at < 0 ? held + chunk.byteLength : chunk.byteLength - at;
      before = [...before, ...chunk.subarray(-2)].slice(-2);
      if (held <= most) return controller.enqueue(chunk);
      throw new HubError("UPSTREAM_UNAVAILABLE", `The server sent a message of more than ${most} bytes`, {
        hint: "Raise hub.maxMessageBytes in the configuration, or ask the server for less at once",
      });
    },
  });
}

const [LF, CR] = [10, 13];

/** Events end with an empty line; lines end with LF, CR LF or CR, and an ending may be cut in two. */
function lastEventEnd(chunk: Uint8Array, before: readonly number[]): number {
  const at = (index: number) => (index < 0 ? before.at(index) : chunk[index]);
  for (let index = chunk.byteLength - 1; index >= 0; index--) {
    const byte = chunk[index];
    if (byte === LF && (at(index - 1) === LF || (at(index - 1) === CR && at(index - 2) === LF))) return index + 1;
    if (byte === CR && at(index - 1) === CR) return index + 1;
  }
  return -1;
}
