import { constants } from "node:fs";
import { access, lstat, mkdir, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HubError } from "#hub/kernel/errors.ts";

/** What commands ask of the disk beyond the hub's `Files`: to look at it, and to save what a tool made. */
export interface Disk {
  /** Undefined where nothing is. A link is followed no further than its target's path. */
  look(path: string): Promise<Found | undefined>;
  isExecutable(path: string): Promise<boolean>;
  /** Writes a new file into the directory, never over another; answers its path. */
  saveNew(directory: string, file: { readonly stem: string; readonly extension: string; readonly bytes: Uint8Array }): Promise<string>;
}

export interface Found {
  readonly kind: "file" | "directory" | "socket" | "link" | "other";
  /** Permission bits, `0o700`. */
  readonly mode: number;
  readonly uid: number;
  readonly target?: string;
}

const tries = 1000;

export const systemDisk: Disk = {
  async look(path) {
    const stat = await lstat(path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return undefined;
      throw cause;
    });
    if (!stat) return undefined;
    const found = { mode: stat.mode & 0o777, uid: stat.uid };
    if (stat.isSymbolicLink()) return { ...found, kind: "link", target: await readlink(path) };
    if (stat.isDirectory()) return { ...found, kind: "directory" };
    return { ...found, kind: stat.isSocket() ? "socket" : stat.isFile() ? "file" : "other" };
  },
  isExecutable: (path) =>
    access(path, constants.X_OK).then(
      () => true,
      () => false,
    ),
  async saveNew(directory, { stem, extension, bytes }) {
    await mkdir(directory, { recursive: true });
    for (let n = 1; n <= tries; n++) {
      const path = join(directory, `${stem}${n === 1 ? "" : `-${n}`}.${extension}`);
      try {
        await writeFile(path, bytes, { flag: "wx" });
        return path;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "EEXIST")
          throw new HubError("VALIDATION", `${path} cannot be written: ${(cause as Error).message}`, { cause });
      }
    }
    throw new HubError("CONFLICT", `${directory} holds ${tries} files called ${stem} already`, { hint: "Choose another --output" });
  },
};
