import type { Method } from "../kernel/operation.ts";

/** What both ends of the REST surface must agree on; it imports nothing, so clients start without the hub's code. */
export const restPrefix = "/api/v2";

/** The parts of an operation's `http`. */
export function httpOf(http: `${Method} /${string}`): { readonly method: Method; readonly path: `/${string}` } {
  const space = http.indexOf(" ");
  return { method: http.slice(0, space) as Method, path: http.slice(space + 1) as `/${string}` };
}

/** Fields travel in a JSON body with these methods, and in the query with the others. */
export const takesBody = (method: string): boolean => method === "POST" || method === "PUT" || method === "PATCH";
