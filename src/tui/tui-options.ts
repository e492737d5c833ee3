import type { Log } from "#hub/kernel/log.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";
import type { Connection } from "./connection.ts";
import type { Terminal } from "./terminal/terminal.ts";

export interface TuiOptions {
  readonly connection: Connection;
  readonly version: string;
  readonly runtime: Pick<Runtime, "clock" | "random" | "files" | "env" | "host">;
  readonly terminal: Terminal;
  readonly log?: Log;
  /** Where that log is written, for the last line after a crash. */
  readonly logPath?: string;
}
