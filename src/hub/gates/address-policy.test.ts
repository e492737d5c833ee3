import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { bareHost, isAddress, isLoopback, refuseMetadata, refuseName, refuseNonPublic } from "./address-policy.ts";

/** What a URL's host becomes, and why an untrusted one is refused. */
function verdict(host: string): string | undefined {
  const bare = bareHost(new URL(`http://${host}/`).hostname);
  return refuseName(bare, "untrusted") ?? (isAddress(bare) ? refuseNonPublic(bare) : undefined);
}

describe("E1 spellings of addresses that are not public", () => {
  test.each([
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0177.1",
    "127.0.0.1.",
    "127.255.255.254",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "%31%32%37.0.0.1",
    "0.0.0.0",
    "0",
    "0x0",
    "0.1.2.3",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "ｌocalhost",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "3232235777",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "100.100.100.200",
    "metadata.google.internal",
    "metadata.google.internal.",
    "METADATA.google.internal",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001::1]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[100::1]",
    "[3fff::1]",
    "[4000::1]",
    "[5f00::1]",
  ])("%s is refused", (host) => {
    expect(verdict(host)).toBeString();
  });

  test.each([
    "8.8.8.8",
    "134744072",
    "1.1.1.1",
    "[2606:4700:4700::1111]",
    "[::ffff:8.8.8.8]",
    "example.com",
    "localhost.example.com",
    "xn--bcher-kva.example",
  ])("%s passes", (host) => {
    expect(verdict(host)).toBeUndefined();
  });
});

describe("configured hosts", () => {
  test.each([
    "169.254.169.254",
    "169.254.0.1",
    "fe80::1",
    "fd00:ec2::254",
    "fd00:0ec2:0::254",
    "100.100.100.200",
    "168.63.129.16",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "::169.254.169.254",
  ])("%s is refused", (address) => {
    expect(refuseMetadata(address)).toBeString();
  });

  test.each(["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "100.64.0.1", "fd00::1", "8.8.8.8"])("%s passes", (address) => {
    expect(refuseMetadata(address)).toBeUndefined();
  });

  test("the metadata service is refused by name, this machine is not", () => {
    expect(refuseName("metadata.google.internal", "configured")).toBeString();
    expect(refuseName("localhost", "configured")).toBeUndefined();
  });
});

test("what is no address is never public", () => {
  for (const text of ["", "example.com", "1.2.3", "fe80::1%eth0", "::1%lo", "1.2.3.4/8"]) {
    expect(refuseNonPublic(text)).toBeString();
    expect(refuseMetadata(text)).toBeString();
  }
});

test("loopback is known in every form", () => {
  for (const host of ["localhost", "app.localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
    expect(isLoopback(host)).toBe(true);
  for (const host of ["localhost.com", "mylocalhost", "10.0.0.1", "example.com"]) expect(isLoopback(host)).toBe(false);
});

const octet = fc.integer({ min: 0, max: 255 });
const privateIpv4 = fc.oneof(
  fc.tuple(fc.constantFrom(0, 10, 127), octet, octet, octet),
  fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
  fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
  fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
  fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
  fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
);
const hex = (n: number) => n.toString(16);
const spellings: ((parts: readonly number[]) => string)[] = [
  (parts) => parts.join("."),
  (parts) => `${parts.join(".")}.`,
  (parts) => parts.map((part) => `0x${hex(part)}`).join("."),
  (parts) => parts.map((part) => `0${part.toString(8)}`).join("."),
  ([a, b, c, d]) => String(((a! * 256 + b!) * 256 + c!) * 256 + d!),
  ([a, b, c, d]) => `0x${hex(((a! * 256 + b!) * 256 + c!) * 256 + d!)}`,
  ([a, b, c, d]) => `${a}.${(b! * 256 + c!) * 256 + d!}`,
  ([a, b, c, d]) => `${a}.0x${hex(b!)}.${c! * 256 + d!}`,
  (parts) => parts.join("。"),
  (parts) => `[::ffff:${parts.join(".")}]`,
  (parts) => `[64:ff9b::${parts.join(".")}]`,
  ([a, b, c, d]) => `[2002:${hex(a! * 256 + b!)}:${hex(c! * 256 + d!)}::]`,
];

test("E1 no spelling of a private IPv4 address gets through", () => {
  fc.assert(
    fc.property(privateIpv4, fc.constantFrom(...spellings), (parts, spell) => {
      expect(verdict(spell(parts))).toBeString();
    }),
    { numRuns: 2_000 },
  );
});

test("only 2000::/3 can be public in IPv6", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }), (groups) => {
      const address = groups.map(hex).join(":");
      if (refuseNonPublic(address) === undefined) expect(groups[0]! >> 13).toBe(1);
    }),
    { numRuns: 2_000 },
  );
});
