import { HubError } from "#hub/kernel/errors.ts";
import type { Log } from "#hub/kernel/log.ts";
import type { FetchInit, Runtime } from "#hub/kernel/runtime.ts";
import { bareHost, isAddress, isLoopback, refuseMetadata, refuseName, refuseNonPublic, type Trust } from "./address-policy.ts";
import { cappedBody } from "./capped-body.ts";
import { deadline, type Deadline } from "./deadline.ts";
import { networkFailure, wasNeverSent } from "./network-failure.ts";
import { nextHop, refused, type Hop } from "./redirects.ts";

export interface EgressOptions {
  readonly trust: Trust;
  /** Most bytes of the decoded body; untrusted 16 MiB, configured unlimited unless given. */
  readonly maxBytes?: number;
  /** For everything, the body included; untrusted 30 s, configured unlimited unless given, for streams may live for days. */
  readonly timeoutMs?: number;
  /** 5 unless given. */
  readonly maxRedirects?: number;
  /** Headers beside Authorization, Cookie and Proxy-Authorization that must not reach another origin. */
  readonly credentialHeaders?: readonly string[];
}

/** The part of `RequestInit` that passes the gate; whatever else is given is left out, sockets and proxies above all. */
export type EgressInit = Pick<RequestInit, "method" | "headers" | "body" | "signal" | "redirect">;

/** The egress gate: the only way out to the network. */
export interface Egress {
  fetch(url: string | URL, init: EgressInit & EgressOptions): Promise<Response>;
  /** A function of the shape of the global `fetch`, for libraries that take one. */
  fetchFor(options: EgressOptions): (url: string | URL, init?: EgressInit) => Promise<Response>;
}

type Wire = Pick<Runtime, "fetch" | "resolve" | "clock">;

export interface EgressDeps {
  readonly runtime: Wire;
  readonly log: Log;
}

/** Bun's own `fetch` options: no idle timeout, for event streams may be silent for hours, and proxies only where said. */
type Outgoing = FetchInit & { readonly timeout: false; readonly proxy?: false };

const untrustedCaps = { maxBytes: 16 * 1024 * 1024, timeoutMs: 30_000 };
const mostRedirects = 5;
/** How long a configured name counts as checked. Its requests are not pinned, so this only bounds the lookups. */
const vettedMs = 30_000;
const mostVetted = 1_000;
const neverMetadata = "Use another address: metadata services hand out the credentials of this machine, so the hub never asks them";

export function createEgress({ runtime, log }: EgressDeps): Egress {
  const vet = createVetting(runtime);

  async function attempt(hop: Hop, until: Deadline): Promise<Response> {
    if (hop.url.protocol !== "http:" && hop.url.protocol !== "https:")
      throw refused(hop.url, "only http and https may leave the hub", "Use an http or https address");
    try {
      if (hop.trust === "untrusted") return await sendUntrusted(runtime, hop, until);
      return await sendConfigured(runtime, hop, { signal: until.signal, vetted: await vet(hop.url, until) });
    } catch (cause) {
      throw until.reason() ?? networkFailure(hop.url, cause);
    }
  }

  async function send(url: string | URL, init: EgressInit, options: EgressOptions): Promise<Response> {
    const { maxBytes, timeoutMs } = options.trust === "untrusted" ? { ...untrustedCaps, ...defined(options) } : options;
    let hop = firstHop(url, init, options.trust);
    const until = deadline(runtime.clock, init.signal ?? undefined, timeoutMs);
    try {
      for (let redirects = 0; ; redirects++) {
        const response = await attempt(hop, until);
        const next = init.redirect === "manual" ? undefined : nextHop(hop, response, options.credentialHeaders);
        if (!next) return deliver(response, hop, { maxBytes, until });
        await response.body?.cancel();
        if (init.redirect === "error" || redirects >= (options.maxRedirects ?? mostRedirects)) throw tooManyRedirects(hop.url);
        log.debug("following a redirect", { from: hop.url.host, to: next.url.host, trust: next.trust });
        hop = next;
      }
    } catch (cause) {
      until[Symbol.dispose]();
      throw HubError.from(cause);
    }
  }

  return {
    fetch: (url, init) => send(url, init, init),
    fetchFor:
      (options) =>
      (url, init = {}) =>
        send(url, init, options),
  };
}

/** What is known of a configured host that may be contacted. */
interface Vetted {
  readonly isLoopback: boolean;
  /** Monotonic ms: a name may lead elsewhere later, an address may not. */
  readonly until: number;
}

/** Keeps configured hosts from being, or resolving to, a metadata service; remembers those that passed. */
function createVetting({ resolve, clock }: Wire) {
  const passed = new Map<string, Vetted>();
  const check = async (hostname: string, { url, until }: { url: URL; until: Deadline }): Promise<Vetted> => {
    const host = bareHost(hostname);
    const what = refuseName(host, "configured") ?? (isAddress(host) ? refuseMetadata(host) : undefined);
    if (what) throw refused(url, `it is ${what}`, neverMetadata);
    if (isAddress(host) || isLoopback(host)) return { isLoopback: isLoopback(host), until: Infinity };
    // A name that does not resolve here may still be known to a proxy; if nobody knows it, the request says so better.
    const addresses = await until.race(resolve(host)).catch(() => []);
    for (const address of addresses) {
      const where = refuseMetadata(address);
      if (where) throw refused(url, `its name resolves to ${where}`, neverMetadata);
    }
    return { isLoopback: false, until: clock.monotonic() + vettedMs };
  };
  return (url: URL, until: Deadline): Vetted | Promise<Vetted> => {
    const { hostname } = url;
    const known = passed.get(hostname);
    if (known && known.until > clock.monotonic()) return known;
    return check(hostname, { url, until }).then((vetted) => {
      if (passed.size >= mostVetted) passed.clear();
      passed.set(hostname, vetted);
      return vetted;
    });
  };
}

function sendConfigured(
  runtime: Wire,
  { url, method, headers, body }: Hop,
  { signal, vetted: { isLoopback: isLocal } }: { signal: AbortSignal | undefined; vetted: Vetted },
): Promise<Response> {
  const direct = isLocal && { proxy: false as const };
  return runtime.fetch(url, { method, headers, body, signal, redirect: "manual", timeout: false, ...direct } as Outgoing);
}

/** Connects to the addresses that were checked, the next one only where the one before took no connection. */
async function sendUntrusted(runtime: Wire, hop: Hop, until: Deadline): Promise<Response> {
  const addresses = await publicAddresses(runtime, hop.url, until);
  for (const [index, address] of addresses.entries()) {
    try {
      return await runtime.fetch(...pinned(hop, address, until.signal));
    } catch (cause) {
      const isLast = index === addresses.length - 1;
      if (isLast || until.signal?.aborted || !wasNeverSent(cause) || hop.body instanceof ReadableStream) throw cause;
    }
  }
  throw Object.assign(new Error("no addresses"), { code: "ENOTFOUND" });
}

/** All addresses of the host; one that is not public refuses them all, for the answer is then not meant for the public. */
async function publicAddresses(runtime: Wire, url: URL, until: Deadline): Promise<readonly string[]> {
  if (url.username || url.password) throw refused(url, "its URL carries a user name");
  const host = bareHost(url.hostname);
  const named = refuseName(host, "untrusted") ?? (isAddress(host) ? refuseNonPublic(host) : undefined);
  if (named) throw refused(url, `it is ${named}`);
  if (isAddress(host)) return [host];
  const addresses = await until.race(runtime.resolve(host));
  for (const address of addresses) {
    const where = refuseNonPublic(address);
    if (where) throw refused(url, `its name resolves to ${where}`);
  }
  return addresses;
}

function firstHop(url: string | URL, init: EgressInit, trust: Trust): Hop {
  if (!URL.canParse(String(url)))
    throw new HubError("VALIDATION", "The address to contact is not a URL", { hint: "Write it as https://host/path" });
  return { url: new URL(url), method: init.method?.toUpperCase() ?? "GET", headers: new Headers(init.headers), body: init.body, trust };
}

/**
 * The request with the checked address in place of the name, so that no second lookup can answer otherwise. TLS still proves the name.
 * A proxy from the environment is asked for this address too (CONNECT); not for plain http, where some proxies go by the Host header.
 */
function pinned({ url, method, headers, body }: Hop, address: string, signal: AbortSignal | undefined): [URL, Outgoing] {
  const host = bareHost(url.hostname);
  const to = new URL(url);
  to.hostname = address.includes(":") ? `[${address}]` : address;
  const own = new Headers(headers);
  own.set("host", url.host);
  const outgoing = { method, headers: own, body, signal, redirect: "manual", timeout: false } as Outgoing;
  if (url.protocol === "http:") return [to, { ...outgoing, proxy: false }];
  return [to, isAddress(host) ? outgoing : { ...outgoing, tls: { serverName: host } }];
}

/** Hands the response over, counted and timed where there is something to count or time. */
function deliver(response: Response, hop: Hop, { maxBytes, until }: { maxBytes: number | undefined; until: Deadline }): Response {
  if (!until.isTimed && maxBytes === undefined && hop.trust === "configured") return response;
  const body =
    response.body &&
    cappedBody(response.body, {
      maxBytes,
      host: hop.url.host,
      ended: () => until[Symbol.dispose](),
      failure: (cause) => until.reason() ?? networkFailure(hop.url, cause),
    });
  if (!body) until[Symbol.dispose]();
  const { status, statusText, headers } = response;
  return Object.defineProperty(new Response(body, { status, statusText, headers }), "url", { value: hop.url.href });
}

const tooManyRedirects = (url: URL) =>
  new HubError("UPSTREAM_UNAVAILABLE", `${url.host} redirects more often than allowed`, { hint: "Use the address it ends at" });

const defined = ({ maxBytes, timeoutMs }: EgressOptions) => ({
  ...(maxBytes !== undefined && { maxBytes }),
  ...(timeoutMs !== undefined && { timeoutMs }),
});
