import { z } from "zod";
import { decodeStrings, type InputSchema } from "../kernel/decode-strings.ts";
import { HubError } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";
import { invoke, walk, type Context, type Method, type NamedOperation, type Progress, type Router } from "../kernel/operation.ts";
import type { Principal } from "../kernel/principal.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { Exchange } from "./exchange.ts";
import { caught, failure, publicBody } from "./failure.ts";
import { readJsonObject } from "./read-body.ts";
import { requestUrl } from "./request-url.ts";
import { httpOf, restPrefix, takesBody } from "./rest-surface.ts";
import type { Route } from "./routes.ts";
import { sseResponse, type SseMessage } from "./sse.ts";

/** Says who asks, or throws UNAUTHENTICATED. */
export type Authenticate = (request: Request, exchange: Exchange) => Principal | Promise<Principal>;

export interface ContextParts {
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  readonly principal: Principal;
}

export type ContextFor = (request: Request, parts: ContextParts) => Context;

export interface RestOptions {
  readonly router: Router;
  readonly authenticate: Authenticate;
  readonly contextFor: ContextFor;
  readonly clock: Clock;
  readonly log: Log;
}

const heartbeatMs = 15_000;
/** Progress that waits for a slow reader; what is older is dropped, since newer progress says more. */
const progressKept = 256;

/** Every operation as a route below `/api/v2`. */
export function restRoutes(options: RestOptions): Route[] {
  return [...walk(options.router)].map((named) => operationRoute(named, options));
}

function operationRoute(named: NamedOperation, options: RestOptions): Route {
  const { method, path } = httpOf(named.operation.http);
  const fields = fieldReader(named, method, options.clock);
  return {
    method,
    path: `${restPrefix}${path}`,
    handle: async (request, exchange, params) => {
      try {
        const principal = await options.authenticate(request, exchange);
        const input = await fields(request, params);
        exchange.keepOpen();
        const run = (progress: (progress: Progress) => void) =>
          invoke(named, input, options.contextFor(request, { signal: request.signal, progress, principal }));
        if (wantsEvents(request))
          return sseResponse(() => progressThenResult(run, { ...options, exchange }), { ...options, exchange, heartbeatMs });
        return Response.json((await run(() => undefined)) ?? null);
      } catch (cause) {
        return failure(caught(cause, exchange, options.log), exchange);
      }
    },
  };
}

type FieldReader = (request: Request, params: Readonly<Record<string, string>>) => Promise<Record<string, unknown>>;

/** The schema is made at the first request: 150 of them would cost the start a tenth of a second. */
function fieldReader({ operation }: NamedOperation, method: Method, clock: Clock): FieldReader {
  let schema: InputSchema | undefined;
  return async (request, params) => {
    schema ??= z.toJSONSchema(operation.input, { io: "input", unrepresentable: "any" }) as InputSchema;
    const query = queryOf(request);
    if (!takesBody(method)) return decodeStrings(schema, { ...query, ...params });
    if (Object.keys(query).length > 0)
      throw new HubError("VALIDATION", `${method} takes no query`, { hint: "Send the fields in the JSON body" });
    return { ...(await readJsonObject(request, clock)), ...decodeStrings(schema, params) };
  };
}

function queryOf(request: Request): Record<string, string | string[]> {
  const { searchParams } = requestUrl(request);
  return Object.fromEntries(
    [...new Set(searchParams.keys())].map((name) => {
      const values = searchParams.getAll(name);
      return [name, values.length === 1 ? values[0]! : values];
    }),
  );
}

/** Whether the caller likes a stream better than JSON: by its weight, and among equals by what it names first. */
export function wantsEvents(request: Request): boolean {
  const accepted = (request.headers.get("accept") ?? "").split(",").map((range) => {
    const [type = "", ...parameters] = range
      .toLowerCase()
      .split(";")
      .map((part) => part.trim());
    return { type, weight: Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? 1) };
  });
  return accepted.toSorted((a, b) => b.weight - a.weight).find(({ weight }) => weight > 0)?.type === "text/event-stream";
}

type Run = (progress: (progress: Progress) => void) => Promise<unknown>;

async function* progressThenResult(
  run: Run,
  { exchange, log }: { readonly exchange: Exchange; readonly log: Log },
): AsyncGenerator<SseMessage> {
  const waiting: SseMessage[] = [];
  let last: SseMessage | undefined;
  let news = Promise.withResolvers<void>();
  const onProgress = (progress: Progress) => {
    if (waiting.push({ event: "progress", data: progress }) > progressKept) waiting.shift();
    news.resolve();
  };
  const finish = (message: SseMessage) => {
    last = message;
    news.resolve();
  };
  run(onProgress).then(
    (result) => finish({ event: "result", data: result ?? null }),
    (cause: unknown) => finish({ event: "error", data: { error: publicBody(caught(cause, exchange, log), exchange.requestId) } }),
  );
  for (;;) {
    await news.promise;
    news = Promise.withResolvers();
    for (let next = waiting.shift(); next; next = waiting.shift()) yield next;
    if (last) return yield last;
  }
}
