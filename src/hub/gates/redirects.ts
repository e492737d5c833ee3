import { HubError } from "#hub/kernel/errors.ts";
import { bareHost, type Trust } from "./address-policy.ts";

/** One request of a chain of redirects. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: RequestInit["body"];
  readonly trust: Trust;
}

const redirecting = new Set([301, 302, 303, 307, 308]);
const boundToOrigin = ["authorization", "cookie", "proxy-authorization", "host"];
/** https://fetch.spec.whatwg.org/#request-body-header-name */
const bodyHeaders = ["content-encoding", "content-language", "content-location", "content-type", "content-length"];

/** The error of a request that policy forbids; names the host and the rule, never the path or query. */
export const refused = (
  url: URL,
  rule: string,
  hint = "If you trust this address, write its URL into the configuration yourself",
): HubError => new HubError("FORBIDDEN", `Refused to contact ${url.host || url.protocol}: ${rule}`, { hint });

/**
 * What to ask next after a redirect; undefined when the response is none. Follows https://fetch.spec.whatwg.org/#http-redirect-fetch, but
 * stricter: no downgrade to http, no body to another host, and a host that the configuration does not name is trusted no more.
 */
export function nextHop(hop: Hop, response: Response, credentialHeaders: readonly string[] = []): Hop | undefined {
  const location = response.headers.get("location");
  if (!redirecting.has(response.status) || location === null) return undefined;
  const url = targetOf(hop.url, location);
  const isSameHost = bareHost(url.hostname) === bareHost(hop.url.hostname);
  const isSameOrigin = url.origin === hop.url.origin;
  const isGet = becomesGet(response.status, hop.method);
  if (!isGet) checkReplay(hop, url, isSameHost);
  return {
    url,
    method: isGet ? "GET" : hop.method,
    headers: without(hop.headers, [...(isSameOrigin ? [] : [...boundToOrigin, ...credentialHeaders]), ...(isGet ? bodyHeaders : [])]),
    body: isGet ? undefined : hop.body,
    trust: isSameHost ? hop.trust : "untrusted",
  };
}

function targetOf(from: URL, location: string): URL {
  if (!URL.canParse(location, from.href)) throw new HubError("UPSTREAM_UNAVAILABLE", `${from.host} redirects to what is not a URL`);
  const url = new URL(location, from);
  if (from.protocol === "https:" && url.protocol === "http:") throw refused(url, `${from.host} redirects from https down to http`);
  if (url.username || url.password) throw refused(url, `${from.host} redirects to a URL with a user name`);
  return url;
}

/** A body may hold a refresh token or a client secret, which no header rule would keep back. */
function checkReplay({ url: from, body }: Hop, to: URL, isSameHost: boolean): void {
  if (body && !isSameHost) throw refused(to, `${from.host} would pass the request's body on to it`);
  if (body instanceof ReadableStream)
    throw new HubError("UPSTREAM_UNAVAILABLE", `${from.host} redirects a request whose body cannot be sent twice`);
}

function without(headers: Headers, names: readonly string[]): Headers {
  const left = new Headers(headers);
  for (const name of names) left.delete(name);
  return left;
}

const becomesGet = (status: number, method: string) =>
  (status === 303 && method !== "GET" && method !== "HEAD") || ((status === 301 || status === 302) && method === "POST");
