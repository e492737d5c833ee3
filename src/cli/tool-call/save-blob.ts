import { cleanLine } from "../output/sanitize.ts";
import type { Disk } from "../disk.ts";

export interface Blob {
  /** Base64. */
  readonly data: string;
  readonly mimeType: string;
  /** `image`, `audio`, `resource`. */
  readonly kind: string;
  /** Its place in the result. */
  readonly index: number;
}

export interface SaveOptions {
  readonly disk: Disk;
  readonly tool: string;
  /** The directory that images, audio and other blobs go to. */
  readonly output: string | undefined;
  readonly say: (message: string) => void;
}

/** Saves a blob below `--output`, or says how to get it. Its name comes from the tool and its place, never from the server. */
export async function saveBlob({ data, mimeType, kind, index }: Blob, { disk, output, tool, say }: SaveOptions): Promise<void> {
  const bytes = Buffer.from(data, "base64");
  const what = `${cleanLine(kind)} (${cleanLine(mimeType) || "unknown type"}, ${size(bytes.length)})`;
  if (output === undefined) return say(`${what} is not shown; add --output DIR before the tool to save it`);
  const extension = extensions[mimeType.split(";")[0]!.trim().toLowerCase()] ?? "bin";
  const stem = `${tool.replaceAll(/[^\w.-]+/g, "_").replace(/^\.+/, "")}-${index + 1}`;
  say(`${what} saved as ${await disk.saveNew(output, { stem, extension, bytes })}`);
}

const extensions: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/svg+xml": "svg",
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/mpeg": "mp3",
  "audio/ogg": "ogg",
  "audio/flac": "flac",
  "video/mp4": "mp4",
  "application/pdf": "pdf",
  "application/json": "json",
  "application/zip": "zip",
  "text/plain": "txt",
  "text/html": "html",
  "text/csv": "csv",
};

const size = (bytes: number) =>
  bytes < 1024 ? `${bytes} B` : bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
