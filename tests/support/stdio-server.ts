import { join } from "node:path";

const folder = join(import.meta.dir, "stdio-servers");

export type StdioServerName =
  | "banner"
  | "crash-at-start"
  | "echo"
  | "faulty"
  | "flood"
  | "huge-line"
  | "ignores-sigterm"
  | "invalid-utf8"
  | "meeting"
  | "never-answers";

/** The command of a small server program, as a server's configuration wants it. */
export const stdioServer = (name: StdioServerName, ...args: readonly string[]): { command: string; args: string[] } => ({
  command: process.execPath,
  args: [join(folder, `${name}.ts`), ...args],
});
