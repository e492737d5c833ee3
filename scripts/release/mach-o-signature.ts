import { createHash } from "node:crypto";

// Field names and numbers: xnu, osfmk/kern/cs_blobs.h and EXTERNAL_HEADERS/mach-o/loader.h. Load commands are little
// endian, signatures big endian.
const commandCodeSignature = 0x1d;
const commandSegment64 = 0x19;
const superBlobMagic = 0xfade0cc0;
const directoryMagic = 0xfade0c02;
const directoryVersion = 0x20400;
const directorySize = 88;
const adHocLinkerSigned = 0x20002;
const mainBinary = 1n;
const sha256 = { type: 2, size: 32 };
const pageBits = 12;
const blobStart = 20;

interface Layout {
  /** Where the signature is, and how much room it has; everything before it is what it covers. */
  readonly offset: number;
  readonly size: number;
  readonly textOffset: bigint;
  readonly textSize: bigint;
}

/**
 * Signs a thin 64-bit Mach-O file in place, for nobody in particular. Bun changes the executable it appends a program to;
 * for arm64 it signs the outcome again, for x64 it leaves the signature of the original, which no longer fits
 * (oven-sh/bun#39837), and macOS may kill a program whose pages do not match.
 */
export function signAdHoc(file: Uint8Array, identifier: string): void {
  const layout = layoutOf(file);
  const name = Buffer.from(`${identifier}\0`);
  const hashes = pageHashes(file, layout.offset);
  const directory = Buffer.alloc(directorySize + name.length);
  const length = directory.length + hashes.length * sha256.size;
  if (blobStart + length > layout.size) throw new Error(`The signature needs ${blobStart + length} bytes and has room for ${layout.size}`);
  const words = [
    directoryMagic,
    length,
    directoryVersion,
    adHocLinkerSigned,
    directory.length,
    directorySize,
    0,
    hashes.length,
    layout.offset,
  ];
  words.forEach((word, index) => directory.writeUInt32BE(word, index * 4));
  directory.set([sha256.size, sha256.type, 0, pageBits], 36);
  directory.writeBigUInt64BE(layout.textOffset, 64);
  directory.writeBigUInt64BE(layout.textSize, 72);
  directory.writeBigUInt64BE(mainBinary, 80);
  directory.set(name, directorySize);
  const head = Buffer.alloc(blobStart);
  [superBlobMagic, blobStart + length, 1, 0, blobStart].forEach((word, index) => head.writeUInt32BE(word, index * 4));
  file.fill(0, layout.offset, layout.offset + layout.size);
  file.set(Buffer.concat([head, directory, ...hashes]), layout.offset);
}

/** How many pages of a signed file differ from what its signature says. */
export function wrongPages(file: Uint8Array): number {
  const { offset } = layoutOf(file);
  const blob = Buffer.from(file.buffer, file.byteOffset + offset);
  const directory = blob.subarray(blob.readUInt32BE(16));
  if (directory.readUInt32BE(0) !== directoryMagic || directory.readUInt32BE(32) !== offset)
    throw new Error("The signature does not cover the file");
  const first = directory.readUInt32BE(16);
  const isRight = (hash: Buffer, index: number) =>
    directory.subarray(first + index * sha256.size, first + (index + 1) * sha256.size).equals(hash);
  return pageHashes(file, offset).filter((hash, index) => !isRight(hash, index)).length;
}

function layoutOf(file: Uint8Array): Layout {
  const view = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  let signature: Pick<Layout, "offset" | "size"> | undefined;
  let text = { textOffset: 0n, textSize: 0n };
  const commands = view.readUInt32LE(16);
  for (let at = 32, index = 0; index < commands; at += view.readUInt32LE(at + 4), index++) {
    const command = view.readUInt32LE(at);
    if (command === commandCodeSignature) signature = { offset: view.readUInt32LE(at + 8), size: view.readUInt32LE(at + 12) };
    if (command === commandSegment64 && view.toString("latin1", at + 8, at + 15) === "__TEXT\0")
      text = { textOffset: view.readBigUInt64LE(at + 40), textSize: view.readBigUInt64LE(at + 48) };
  }
  if (!signature) throw new Error("The file has no place for a signature");
  return { ...signature, ...text };
}

/** The last page is hashed as long as it is, not filled up. */
function pageHashes(file: Uint8Array, end: number): Buffer[] {
  const page = 1 << pageBits;
  return Array.from({ length: Math.ceil(end / page) }, (_, index) =>
    createHash("sha256")
      .update(file.subarray(index * page, Math.min((index + 1) * page, end)))
      .digest(),
  );
}
