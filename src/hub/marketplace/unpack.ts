import { createHash } from "node:crypto";
import { fromBufferPromise, type Entry, type ZipFile } from "yauzl";
import { HubError } from "../kernel/errors.ts";

export interface BundleFile {
  /** With `/`, below the bundle. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

export interface UnpackLimits {
  readonly files: number;
  readonly bytes: number;
}

const defaultLimits: UnpackLimits = { files: 20_000, bytes: 256 * 1024 * 1024 };
const fileType = 0o170000;
const [symlink, regular] = [0o120000, 0o100000];

/** Refuses a bundle that is not the one that was registered, before anything in it is looked at. */
export function checkSum(bytes: Uint8Array, sha256: string): void {
  const actual = createHash("sha256").update(bytes).digest("hex");
  if (actual !== sha256)
    throw new HubError("UPSTREAM_REJECTED", "The bundle is not the one its publisher registered: its SHA-256 is another", {
      hint: "Do not install it; tell its publisher",
      details: { expected: sha256, actual },
    });
}

/**
 * The files of a bundle (a zip), in memory. Entries that lead out of it, links, devices, encrypted ones, and archives that
 * unpack to more than a server can be are refused; sizes are counted as they are unpacked, whatever the archive says.
 */
export async function unpack(bytes: Uint8Array, limits: UnpackLimits = defaultLimits): Promise<BundleFile[]> {
  try {
    const zip = await fromBufferPromise(Buffer.from(bytes), { lazyEntries: true, strictFileNames: true, validateEntrySizes: true });
    return await readAll(zip, limits);
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    throw refused(`it cannot be read (${cause instanceof Error ? cause.message.slice(0, 120) : "unknown reason"})`, cause);
  }
}

async function readAll(zip: ZipFile, limits: UnpackLimits): Promise<BundleFile[]> {
  const files = new Map<string, BundleFile>();
  if (zip.entryCount > limits.files) throw refused(`it has more than ${limits.files} files`);
  let left = limits.bytes;
  for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
    const path = entry.fileName;
    const mode = entry.externalFileAttributes >>> 16;
    const type = mode & fileType;
    if (type === symlink) throw refused(`${path.slice(0, 80)} is a link`);
    if (path.endsWith("/")) continue;
    if (type !== 0 && type !== regular) throw refused(`${path.slice(0, 80)} is no plain file`);
    if (entry.isEncrypted()) throw refused(`${path.slice(0, 80)} is encrypted`);
    if (path.split("/").some((part) => part === "" || part === "." || part === "..")) throw refused(`${path.slice(0, 80)} leads out of it`);
    // A file system that knows no case would let one file take the place of another.
    const key = path.normalize("NFC").toLowerCase();
    if (files.has(key)) throw refused(`${path.slice(0, 80)} is in it twice`);
    if (files.size >= limits.files) throw refused(`it has more than ${limits.files} files`);
    if (entry.uncompressedSize > left) throw refused(`it unpacks to more than ${limits.bytes} bytes`);
    const content = await readEntry(zip, entry, left);
    left -= content.length;
    files.set(key, { path, bytes: content, executable: (mode & 0o111) !== 0 });
  }
  return [...files.values()];
}

async function readEntry(zip: ZipFile, entry: Entry, most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    size += (chunk as Buffer).length;
    if (size > most) throw refused("it unpacks to more than it says");
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

const refused = (why: string, cause?: unknown) =>
  new HubError("FORBIDDEN", `The bundle is not unpacked: ${why}`, { hint: "Do not install it; tell its publisher", cause });
