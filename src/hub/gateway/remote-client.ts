import type { CallOptions, Invoke } from "../kernel/client.ts";
import { HubError, type ErrorBody } from "../kernel/errors.ts";
import type { Progress } from "../kernel/operation.ts";
import { clientError, errorOf, hubHeaders, hubInit, placeOf, type RemoteHub } from "./remote-hub.ts";
import { restPrefix, takesBody } from "./rest-surface.ts";
import { readSse } from "./sse-parse.ts";

export { remoteEvents } from "./remote-events.ts";

/** Of an entry in `operations.gen.json`, what a call needs. */
export interface RemoteOperation {
  readonly name: string;
  readonly http: { readonly method: string; readonly path: string };
}

export interface RemoteInvokeOptions extends RemoteHub {
  readonly manifest: readonly RemoteOperation[];
}

/** Runs operations of a hub in another process; who listens for progress gets it while the operation runs. */
export function remoteInvoke({ manifest, ...hub }: RemoteInvokeOptions): Invoke {
  const known = new Map(manifest.map(({ name, http }) => [name, http]));
  return async (name, input, options = {}) => {
    const http = known.get(name);
    if (!http) throw new HubError("NOT_FOUND", `There is no operation ${name}`);
    try {
      const response = await request(hub, http, { ...options, input: (input ?? {}) as Record<string, unknown> });
      if (!response.ok) throw await errorOf(response, hub);
      return isEvents(response) ? await lastOf(response, hub, options.onProgress) : await response.json();
    } catch (cause) {
      throw clientError(cause, hub, options.signal);
    }
  };
}

interface Call extends CallOptions {
  readonly input: Record<string, unknown>;
}

async function request(hub: RemoteHub, http: RemoteOperation["http"], { input, signal, onProgress }: Call): Promise<Response> {
  const { path, rest } = fillPath(http.path, input);
  const url = new URL(`${hub.base}${restPrefix}${path}`);
  const init: RequestInit = { method: http.method, ...(signal && { signal }) };
  const headers = { ...hubHeaders(hub), accept: onProgress ? "text/event-stream, application/json" : "application/json" };
  if (takesBody(http.method))
    return hub.fetch(
      url,
      hubInit(hub, { ...init, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(rest) }),
    );
  for (const [name, value] of Object.entries(rest)) for (const one of queryValues(value)) url.searchParams.append(name, one);
  return hub.fetch(url, hubInit(hub, { ...init, headers }));
}

function fillPath(template: string, input: Record<string, unknown>): { path: string; rest: Record<string, unknown> } {
  const rest = { ...input };
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name];
    if (value === undefined || value === "") throw new HubError("VALIDATION", `${name} is missing`, { hint: `Give ${name} a value` });
    delete rest[name];
    return encodeSegment(textOf(value));
  });
  return { path, rest };
}

/** `.` and `..` are resolved by every URL parser, encoded or not, so they cannot travel in a path. */
function encodeSegment(value: string): string {
  if (value === "." || value === "..") throw new HubError("NOT_FOUND", `There is nothing called ${value}`);
  return encodeURIComponent(value);
}

/** As `decodeStrings` reads them; a list of one is written as JSON only where its text could be taken for JSON. */
function queryValues(value: unknown): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.every((one) => typeof one === "string") && value.length > 1 ? value : [JSON.stringify(value)];
  return [textOf(value)];
}

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

const isEvents = (response: Response) => response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;

async function lastOf(response: Response, hub: RemoteHub, onProgress: ((progress: Progress) => void) | undefined): Promise<unknown> {
  for await (const { event, data } of readSse(response.body ?? new ReadableStream())) {
    const value = JSON.parse(data) as unknown;
    if (event === "progress") onProgress?.(value as Progress);
    if (event === "result") return value;
    if (event === "error") throw HubError.fromBody((value as { error: ErrorBody }).error);
  }
  throw new HubError("UPSTREAM_UNAVAILABLE", `The hub at ${placeOf(hub)} stopped before it had an answer`, {
    hint: "See `hubctl logs` for the reason",
  });
}
