import { expect, test } from "bun:test";
import { signAdHoc, wrongPages } from "./mach-o-signature.ts";

/** A Mach-O file of two and a half pages with a __TEXT segment and room for a signature at its end. */
function machO(): Uint8Array {
  const [offset, size] = [10_000, 1_000];
  const file = Buffer.alloc(offset + size, 7);
  file.writeUInt32LE(0xfeedfacf, 0);
  file.writeUInt32LE(2, 16);
  file.writeUInt32LE(0x19, 32);
  file.writeUInt32LE(72, 36);
  file.write("__TEXT\0", 40, "latin1");
  file.writeBigUInt64LE(0n, 72);
  file.writeBigUInt64LE(8192n, 80);
  file.writeUInt32LE(0x1d, 104);
  file.writeUInt32LE(16, 108);
  file.writeUInt32LE(offset, 112);
  file.writeUInt32LE(size, 116);
  return file;
}

test("a signed file matches its signature, and nothing but the signature was changed", () => {
  const file = machO();
  const before = file.slice(0, 10_000);
  signAdHoc(file, "hubctl");
  expect(wrongPages(file)).toBe(0);
  expect(file.slice(0, 10_000)).toEqual(before);
});

test("each changed page is found, the short last one too", () => {
  const file = machO();
  signAdHoc(file, "hubctl");
  file[5_000]! ^= 1;
  file[9_999]! ^= 1;
  expect(wrongPages(file)).toBe(2);
});

test("a signature that does not fit is refused", () => {
  const file = Buffer.from(machO());
  file.writeUInt32LE(100, 116);
  expect(() => signAdHoc(file, "hubctl")).toThrow("has room for 100");
});

test("a file without a place for a signature is refused", () => {
  const file = Buffer.from(machO());
  file.writeUInt32LE(0x1b, 104);
  expect(() => signAdHoc(file, "hubctl")).toThrow("no place");
});
