import { HubError } from "#hub/kernel/errors.ts";
import { codeOf } from "./error-code.ts";

interface Failure {
  readonly reason: string;
  readonly hint: string;
  /** No byte of the request has left, so another address may be tried. */
  readonly neverSent?: true;
}

const refusedConnection: Failure = {
  reason: "connection refused",
  hint: "Check that it is running and that the port is right",
  neverSent: true,
};
const noRoute: Failure = { reason: "no route to it", hint: "Check the network connection", neverSent: true };
const unknownName: Failure = { reason: "DNS name not found", hint: "Check the spelling of its host name, and the network connection" };
const closed: Failure = {
  reason: "connection closed before the answer was complete",
  hint: "Look at the other side's log; is it http on an https port?",
};
const timedOut: Failure = { reason: "connection timed out", hint: "Check the network connection and firewalls" };
const tls = (what: string, hint: string): Failure => ({ reason: `TLS: ${what}`, hint });
const ownAuthority = "If it is yours, name its authority in NODE_EXTRA_CA_CERTS";

/** Bun's and OpenSSL's error codes, https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/. */
const failures: ReadonlyMap<string, Failure> = new Map([
  ["ECONNREFUSED", refusedConnection],
  ["ConnectionRefused", refusedConnection],
  ["FailedToOpenSocket", refusedConnection],
  ["EHOSTUNREACH", noRoute],
  ["ENETUNREACH", noRoute],
  ["EADDRNOTAVAIL", noRoute],
  ["ENOTFOUND", unknownName],
  ["ENODATA", unknownName],
  ["EAI_NODATA", unknownName],
  ["EAI_AGAIN", { reason: "the DNS server did not answer", hint: "Check the network connection" }],
  ["ECONNRESET", closed],
  ["EPIPE", closed],
  ["ConnectionClosed", closed],
  ["ETIMEDOUT", timedOut],
  ["ConnectTimeout", timedOut],
  ["ERR_TLS_CERT_ALTNAME_INVALID", tls("its certificate is for another name", "Use the name in its certificate")],
  ["CERT_HAS_EXPIRED", tls("its certificate has expired", "Renew it, or check this machine's clock")],
  ["CERT_NOT_YET_VALID", tls("its certificate is not valid yet", "Check this machine's clock")],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", tls("its certificate is self-signed", ownAuthority)],
  ["SELF_SIGNED_CERT_IN_CHAIN", tls("its chain ends in a self-signed certificate", ownAuthority)],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", tls("its certificate's authority is unknown", ownAuthority)],
  ["UNABLE_TO_GET_ISSUER_CERT", tls("its certificate's authority is unknown", ownAuthority)],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", tls("its certificate's authority is unknown", ownAuthority)],
  ["ERR_PROXY_TUNNEL", { reason: "the proxy refused the connection", hint: "Check HTTPS_PROXY and what the proxy allows" }],
]);

/** Whether the request cannot have reached anybody, by the kind of failure. */
export const wasNeverSent = (cause: unknown): boolean => failures.get(codeOf(cause))?.neverSent === true;

/**
 * Says why a host could not be talked to; the foreign message stays in `cause`, since it quotes the whole URL.
 * `details.neverSent` says that the request may be sent again, whatever it does.
 */
export function networkFailure(url: URL, cause: unknown): HubError {
  if (cause instanceof HubError) return cause;
  const code = codeOf(cause);
  const { reason, hint, neverSent }: Failure = failures.get(code) ?? {
    reason: /CERT|SSL|TLS/.test(code) ? `TLS: ${code}` : `network error${/^\w{1,60}$/.test(code) ? ` ${code}` : ""}`,
    hint: "Check that it is running and reachable from this machine",
  };
  return new HubError("UPSTREAM_UNAVAILABLE", `${url.host} is unreachable: ${reason}`, {
    hint,
    cause,
    ...(neverSent && { details: { neverSent } }),
  });
}
