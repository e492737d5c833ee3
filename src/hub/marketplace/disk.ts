import { chmod, mkdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BundleFile } from "./unpack.ts";

/** What an installation needs of the disk besides text files. */
export interface Disk {
  /** Where a link leads; the path itself where there is nothing yet. */
  realPath(path: string): Promise<string>;
  exists(path: string): Promise<boolean>;
  /** Writes all files of a directory, or none. */
  writeTree(directory: string, files: readonly BundleFile[]): Promise<void>;
  removeTree(directory: string): Promise<void>;
}

export const systemDisk: Disk = {
  realPath: (path) => realpath(path).catch(() => path),
  exists: (path) =>
    stat(path).then(
      () => true,
      () => false,
    ),
  async writeTree(directory, files) {
    const beside = `${directory}.partial`;
    await rm(beside, { recursive: true, force: true });
    for (const { path, bytes, executable } of files) {
      const target = join(beside, path);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await writeFile(target, bytes, { mode: 0o600, flag: "wx" });
      if (executable) await chmod(target, 0o700);
    }
    await rm(directory, { recursive: true, force: true });
    await rename(beside, directory);
  },
  removeTree: (directory) => rm(directory, { recursive: true, force: true }),
};
