import { join } from "node:path";
import type { Paths } from "../kernel/paths.ts";
import type { Files } from "../kernel/runtime.ts";

export interface DefaultFilesOptions {
  readonly paths: Pick<Paths, "config">;
  readonly files: Pick<Files, "list">;
}

const names = ["config.json5", "config.json"] as const;

/**
 * The file of a hub that was given none: the user's; where there is none yet, the place where it would be, so that its
 * creation is noticed. A file of the directory is never taken unasked: a configuration starts programs, and a directory
 * may be somebody else's work.
 */
export async function defaultConfigFiles({ paths, files }: DefaultFilesOptions): Promise<readonly string[]> {
  const present: readonly string[] = await files.list(paths.config).catch(() => []);
  return [join(paths.config, names.find((name) => present.includes(name)) ?? names[0])];
}
