import { bareHost, isAddress, isLoopback, refuseNonPublic } from "../gates/address-policy.ts";
import { HubError } from "../kernel/errors.ts";

/** This machine or an address of no public network, by what the URL itself says. */
export function isLocal(url: URL): boolean {
  const host = bareHost(url.hostname);
  return isLoopback(host) || (isAddress(host) && refuseNonPublic(host) !== undefined);
}

/** Letters that no address needs, and that mean something to shells, terminals or HTML. */
// oxlint-disable-next-line no-control-regex -- control characters are the point
const suspicious = /[\u0000-\u0020\u007f-\u009f"'`<>\\^{}|$]/;
const plainHostName = /^(\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*)$/;

/**
 * An address that a server named and that credentials or a person will be sent to. Only https, or http on this machine where
 * the server itself is local; nothing that a browser's opener, a shell or a terminal could take for something else.
 */
export function checkNamedAddress(text: string, what: string, serverUrl: URL): URL {
  const url = /^https?:\/\/[^/?#]/i.test(text) && !suspicious.test(text) ? URL.parse(text) : null;
  if (!url || url.username || url.password || !plainHostName.test(url.hostname))
    throw refusedAddress(what, "it is not a plain https address");
  const isHere = isLocal(url);
  if (isHere && !isLocal(serverUrl)) throw refusedAddress(what, "it lies on this machine or network, and the server does not");
  if (url.protocol === "http:" && !isLoopback(bareHost(url.hostname))) throw refusedAddress(what, "it is not encrypted (http)");
  return url;
}

const refusedAddress = (what: string, why: string) =>
  new HubError("UPSTREAM_REJECTED", `The ${what} that the server names is refused: ${why}`, {
    hint: "Tell the server's operator; nothing was sent there",
  });
