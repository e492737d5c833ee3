import type { Flags } from "./flags.ts";

/** Flags every command takes, before it or after it. */
export const globalFlags = {
  json: { type: "string", bare: "", hint: "fields", description: "Print JSON; --json=name,state keeps only these fields" },
  quiet: { type: "boolean", alias: "q", description: "Print nothing but the result and errors" },
  url: { type: "string", hint: "url", description: "Use the hub at this address (HUBCTL_URL; its token in HUBCTL_TOKEN)" },
  config: {
    type: "array",
    alias: "c",
    hint: "file",
    items: { type: "string" },
    description: "Run in this process with this configuration file; repeatable",
  },
  help: { type: "boolean", alias: "h", description: "Show help" },
} as const satisfies Flags;

export interface GlobalValues {
  /** Undefined: output for people. Empty: all fields. Otherwise the fields, with commas. */
  readonly json?: string;
  readonly quiet?: boolean;
  readonly url?: string;
  readonly config?: readonly string[];
  readonly help?: boolean;
}
