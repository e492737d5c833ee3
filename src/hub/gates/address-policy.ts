import ipaddr from "ipaddr.js";

/**
 * Who chose an address. `configured`: the owner wrote it, so it may lie on this machine or network. `untrusted`: somebody else named it
 * (a registry, an OpenAPI document, the OAuth metadata of a server), so it must be public, and what was checked is what is connected to.
 */
export type Trust = "configured" | "untrusted";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Where clouds answer with the credentials of the machine that asks. Link-local (169.254.169.254 of AWS, Google and Azure) is refused
 * as a range; these lie outside it. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html,
 * https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata,
 * https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
 */
const metadataAddresses = new Set(["fd00:ec2::254", "100.100.100.200", "168.63.129.16"].map((text) => ipaddr.parse(text).toString()));
const metadataNames = new Set(["metadata.google.internal"]);

/** The name as policy compares it: no brackets, no root dot. `URL` has already lower-cased it and normalised IPv4 spellings. */
export const bareHost = (hostname: string): string => hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");

/** Dotted IPv4 or plain IPv6: ipaddr.js also reads `1.2.3` and zones, which no resolver and no URL ever says. */
export const isAddress = (host: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(host) || (ipaddr.IPv6.isValid(host) && !host.includes("%"));

/** RFC 6761 section 6.3: `localhost` and everything below it is this machine. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host.endsWith(".localhost") || (isAddress(host) && ipaddr.process(host).range() === "loopback");

/** What a host is, by its name alone, that no request may go to; undefined when nothing speaks against it. */
export function refuseName(host: string, trust: Trust): string | undefined {
  if (metadataNames.has(host)) return "a cloud metadata service";
  if (trust === "untrusted" && isLoopback(host)) return "this machine";
  return undefined;
}

/** What an address is that nobody may contact, whoever wrote it; undefined when nothing speaks against it. */
export function refuseMetadata(text: string): string | undefined {
  const address = parse(text);
  if (!address) return "not an IP address";
  for (const form of [address, ...embeddedIpv4(address)])
    if (form.range() === "linkLocal" || metadataAddresses.has(form.toString())) return "a link-local or cloud metadata address";
  return undefined;
}

/** What an address is instead of one of the public internet; undefined when it is one. */
export function refuseNonPublic(text: string): string | undefined {
  const address = parse(text);
  if (!address) return "not an IP address";
  const range = address.range();
  // Only 2000::/3 has been handed out (RFC 4291 section 2.4); ipaddr.js calls the unassigned rest unicast too.
  if (range !== "unicast" || (address instanceof ipaddr.IPv6 && (address.parts[0]! & 0xe000) !== 0x2000))
    return `not a public address (${range === "unicast" ? "unassigned" : range})`;
  return refuseMetadata(text);
}

const parse = (text: string): Address | undefined => (isAddress(text) ? ipaddr.process(text) : undefined);

/** IPv4 addresses that a translator or tunnel would reach through an IPv6 one. */
function embeddedIpv4(address: Address): readonly ipaddr.IPv4[] {
  if (!(address instanceof ipaddr.IPv6)) return [];
  const bytes = address.toByteArray();
  const at = (start: number) => new ipaddr.IPv4(bytes.slice(start, start + 4));
  const range = address.range();
  if (range === "rfc6052" || range === "rfc6145" || range === "ipv4Mapped") return [at(12)];
  if (range === "6to4") return [at(2)];
  return [];
}
