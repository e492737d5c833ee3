import type { Random } from "../kernel/runtime.ts";
import type { Middleware } from "./compose.ts";

/** Gives every request a name, the caller's own if it is a plain one, and sends it back. */
export function requestId(random: Random): Middleware {
  return (next) => async (request, exchange) => {
    const given = request.headers.get("x-request-id");
    exchange.requestId = given !== null && /^[\w.:-]{1,128}$/.test(given) ? given : random.id();
    const response = await next(request, exchange);
    response.headers.set("x-request-id", exchange.requestId);
    return response;
  };
}
