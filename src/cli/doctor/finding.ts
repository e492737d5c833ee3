import type { Runtime } from "#hub/kernel/runtime.ts";
import type { Disk } from "../disk.ts";
import type { GlobalValues } from "../global-flags.ts";
import type { Terminal } from "../terminal.ts";

/** What one look found. */
export interface Finding {
  readonly check: string;
  readonly status: "pass" | "warn" | "fail";
  readonly message: string;
  /** What to do about it, an imperative sentence. */
  readonly remedy?: string;
}

export interface Examined {
  readonly runtime: Runtime;
  readonly disk: Disk;
  readonly terminal: Terminal;
  readonly globals: GlobalValues;
}

/** Makes the findings of one check. */
export const findings = (check: string) => ({
  pass: (message: string): Finding => ({ check, status: "pass", message }),
  warn: (message: string, remedy: string): Finding => ({ check, status: "warn", message, remedy }),
  fail: (message: string, remedy: string): Finding => ({ check, status: "fail", message, remedy }),
});
