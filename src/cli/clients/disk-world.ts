import type { FileWorld, Look } from "#hub/clients/foreign-file.ts";
import type { CliContext } from "../command.ts";

/** What changing somebody else's file needs of the disk. */
export const fileWorld = ({
  runtime,
  disk,
}: Pick<CliContext, "runtime" | "disk">): FileWorld & { readonly exists: (path: string) => Promise<boolean> } => {
  const look: Look = (path) => disk.look(path);
  return { runtime, look, exists: async (path) => (await look(path)) !== undefined };
};
