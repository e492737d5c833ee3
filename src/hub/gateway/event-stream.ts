import { HubError } from "../kernel/errors.ts";
import type { HubEvent } from "../kernel/event.ts";
import type { Log } from "../kernel/log.ts";
import type { OperationGuard } from "../kernel/operation.ts";
import type { Clock } from "../kernel/runtime.ts";
import { failure } from "./failure.ts";
import { requestUrl } from "./request-url.ts";
import type { Authenticate } from "./rest.ts";
import { restPrefix } from "./rest-surface.ts";
import type { Route } from "./routes.ts";
import { sseResponse, type SseMessage } from "./sse.ts";

/** The hub's events, as this door needs them. */
export interface EventFeed {
  stream(options: FeedOptions): AsyncIterable<HubEvent>;
}

export interface FeedOptions {
  readonly after?: number;
  readonly types?: readonly string[];
  readonly tenant: string;
  readonly signal: AbortSignal;
}

export interface EventStreamOptions {
  readonly events: EventFeed;
  readonly authenticate: Authenticate;
  readonly guard: OperationGuard;
  readonly clock: Clock;
  readonly log: Log;
}

const heartbeatMs = 10_000;
/** A type or a part of one with `*`; longer lists and texts have no use but to be slow to match. */
const typePattern = /^[\w*]{1,64}(?:\.[\w*]{1,64})?$/;
const mostTypes = 32;

/** `GET /api/v2/events/stream`: what happens, as server-sent events; resumes behind `Last-Event-ID` or `?after=`. */
export function eventStreamRoute({ events, authenticate, guard, clock, log }: EventStreamOptions): Route {
  return {
    method: "GET",
    path: `${restPrefix}/events/stream`,
    handle: async (request, exchange) => {
      try {
        const principal = await authenticate(request, exchange);
        guard.operation(principal, { name: "events.stream", scope: "events:read" });
        const wanted = { ...readWanted(request), tenant: principal.tenant };
        const source = (left: AbortSignal) => messages(events.stream({ ...wanted, signal: AbortSignal.any([left, exchange.closing]) }));
        return sseResponse(source, { clock, exchange, heartbeatMs, log });
      } catch (cause) {
        return failure(cause, exchange);
      }
    },
  };
}

async function* messages(events: AsyncIterable<HubEvent>): AsyncGenerator<SseMessage> {
  for await (const event of events) yield { id: String(event.id), event: event.type, data: event };
}

function readWanted(request: Request): Pick<FeedOptions, "after" | "types"> {
  const { searchParams } = requestUrl(request);
  const after = request.headers.get("last-event-id") ?? searchParams.get("after");
  if (after && !/^\d{1,15}$/.test(after))
    throw new HubError("VALIDATION", "The event id to go on behind is no number", { hint: "Give the id of the last event you have seen" });
  const types = searchParams
    .getAll("types")
    .flatMap((list) => list.split(","))
    .filter((type) => type !== "");
  if (types.length > mostTypes || !types.every((type) => typePattern.test(type)))
    throw new HubError("VALIDATION", "That is no list of event types", {
      hint: `Write at most ${mostTypes}, like types=servers.*,catalog.changed`,
    });
  return { ...(after && { after: Number(after) }), ...(types.length > 0 && { types }) };
}
