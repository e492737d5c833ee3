import { parseLeadingFlags, parseLeniently } from "./args.ts";
import type { RootTable } from "./command.ts";
import type { ArgumentSpec } from "./flags.ts";
import { globalFlags } from "./global-flags.ts";
import { resolveCommand } from "./resolve-command.ts";

/** How many of a command's tokens are its own: those before `--`, and before what it passes through. */
export function ownTokens(tokens: readonly string[], spec: ArgumentSpec): number {
  const end = tokens.includes("--") ? tokens.indexOf("--") : tokens.length;
  if (!spec.passThrough) return end;
  try {
    return tokens.length - parseLeniently(tokens, { ...spec, flags: { ...globalFlags, ...spec.flags } }).rest.length;
  } catch {
    return end;
  }
}

/** Whether an error should be JSON. It may come before anything is parsed, so this looks for itself. */
export async function asksForJson(argv: readonly string[], root: RootTable): Promise<boolean> {
  const isJson = (token: string) => token === "--json" || token.startsWith("--json=");
  try {
    const { values, rest } = parseLeadingFlags(argv, { flags: globalFlags });
    const found = await resolveCommand(rest, root);
    const own = found.target.kind === "command" ? ownTokens(found.rest, found.target.spec) : found.rest.length;
    return values["json"] !== undefined || found.rest.slice(0, own).some(isJson);
  } catch {
    return argv.some(isJson);
  }
}
