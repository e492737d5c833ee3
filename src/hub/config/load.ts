import type { Runtime } from "../kernel/runtime.ts";
import { readLayer } from "./layer.ts";
import { mergeLayers, type Config } from "./layers.ts";
import { configError } from "./problem.ts";

export interface LoadOptions {
  /** In the order they are laid over one another; missing ones count as empty. */
  readonly files: readonly string[];
  readonly runtime: Pick<Runtime, "files" | "host">;
}

/** Reads all files and makes one configuration of them, or throws everything that is wrong in any of them. */
export async function loadConfig({ files, runtime }: LoadOptions): Promise<Config> {
  const layers = await Promise.all(files.map((path) => readLayer(path, runtime)));
  const problems = layers.flatMap((layer) => layer.problems);
  if (problems.length > 0) throw configError(problems);
  return mergeLayers(layers);
}
