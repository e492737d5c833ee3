import { HubError } from "../kernel/errors.ts";
import type { Middleware } from "./compose.ts";
import { failure } from "./failure.ts";
import { limitBody } from "./read-body.ts";

export interface GuardOptions {
  /** The host name or address the listener is bound to. */
  readonly host: string;
  /** Further names under which clients may call the hub, without port. */
  readonly allowedHosts?: readonly string[];
  /** Whole origins (`https://app.example`) whose pages may call the hub. */
  readonly allowedOrigins?: readonly string[];
  /** Paths to which another site may send a browser by link or redirect: OAuth callbacks, documentation. */
  readonly isLandingPage?: (path: string) => boolean;
  readonly bodyLimit?: number;
}

const headerLimit = { count: 100, value: 8192 };
export const defaultBodyLimit = 4 * 1024 * 1024;

/**
 * Keeps web pages from posing as the local owner: a page that rebinds its DNS name to this machine sends that name as
 * Host, and a page that only posts here sends its Origin or, where a browser leaves that out, Sec-Fetch-Site.
 */
export function guard(options: GuardOptions): Middleware {
  const { bodyLimit = defaultBodyLimit } = options;
  const check = browserCheck(options);
  return (next) => (request, exchange) => {
    const refused =
      headerFault(request.headers) ?? (exchange.via === "tcp" ? check(request) : undefined) ?? tooLarge(request.headers, bodyLimit);
    if (refused) return failure(refused.error, { requestId: exchange.requestId, headers: { connection: "close" } });
    return next(limitBody(request, bodyLimit), exchange);
  };
}

interface Refusal {
  readonly error: HubError;
}

const forbid = (message: string, hint: string): Refusal => ({ error: new HubError("FORBIDDEN", message, { hint }) });
const refuse = (status: number, message: string, hint: string): Refusal => ({
  error: new HubError("VALIDATION", message, { hint, details: { status } }),
});

function browserCheck({
  host,
  allowedHosts = [],
  allowedOrigins = [],
  isLandingPage = () => false,
}: GuardOptions): (request: Request) => Refusal | undefined {
  const hosts = new Set([host, ...allowedHosts].map(plainHost));
  const origins = new Set(allowedOrigins);
  const isOurs = (name: string) => isLoopback(name) || hosts.has(name);
  return ({ headers, method, url }) => {
    const named = hostName(headers.get("host") ?? "");
    if (named === undefined || !isOurs(named))
      return forbid("The Host header names no host of this hub", "Call it by its address, or add the name to hub.allowedHosts");
    const origin = headers.get("origin");
    if (origin !== null) {
      if (origins.has(origin)) return undefined;
      const from = originHost(origin);
      if (from !== undefined && isOurs(from)) return undefined;
      return forbid(
        "Pages of this origin may not call the hub",
        "Open a page of the hub itself, or add the host of that page to hub.allowedHosts",
      );
    }
    if (headers.get("sec-fetch-site") !== "cross-site") return undefined;
    const visits = method === "GET" && headers.get("sec-fetch-mode") === "navigate" && isLandingPage(new URL(url).pathname);
    return visits ? undefined : forbid("Another site may not call the hub through a browser", "Open the address by hand");
  };
}

/** The server reads no more than 16 KiB of headers; this stops what fits into that and still is no honest request. */
function headerFault(headers: Headers): Refusal | undefined {
  let count = 0;
  for (const [, value] of headers) {
    if (++count > headerLimit.count) return refuse(431, "The request has too many headers", `Send at most ${headerLimit.count}`);
    if (value.length > headerLimit.value)
      return refuse(431, "A header of the request is too long", `Send at most ${headerLimit.value} characters in one`);
  }
  return undefined;
}

function tooLarge(headers: Headers, limit: number): Refusal | undefined {
  if (Number(headers.get("content-length") ?? 0) <= limit) return undefined;
  return refuse(413, `The body is larger than ${limit} bytes`, "Send less at once");
}

/** The name in a Host header; two headers arrive joined by a comma and fit no more than userinfo or a path would. */
function hostName(header: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{1,5})?$/i.exec(header);
  return match ? plainHost(match[1]!) : undefined;
}

/** `URL` would forgive userinfo, paths and lists, so the header must equal the origin of what it parses to. */
function originHost(header: string): string | undefined {
  if (!URL.canParse(header)) return undefined;
  const { origin, protocol, hostname } = new URL(header);
  return origin === header.toLowerCase() && (protocol === "http:" || protocol === "https:") ? plainHost(hostname) : undefined;
}

const plainHost = (name: string) => name.toLowerCase().replace(/^\[|\]$/g, "");

/** Whole names only: `127.0.0.1.evil.example` is not this machine. */
export const isLoopback = (name: string): boolean => name === "localhost" || name === "::1" || /^127(?:\.\d{1,3}){3}$/.test(name);
