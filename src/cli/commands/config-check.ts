import { defaultConfigFiles } from "#hub/config/default-files.ts";
import type { Config } from "#hub/config/layers.ts";
import { loadConfig } from "#hub/config/load.ts";
import { describeProblem } from "#hub/config/problem.ts";
import { HubError } from "#hub/kernel/errors.ts";
import { pathsOf } from "#hub/kernel/paths.ts";
import { command, type CliContext } from "../command.ts";
import { printJson } from "../output/json.ts";
import { createMessages } from "../output/messages.ts";

export interface CheckedConfig {
  readonly config: Config;
  readonly read: readonly string[];
  readonly missing: readonly string[];
  /** One line each, with file, line and column. */
  readonly warnings: readonly string[];
}

/** Reads the files given, or the user's own; throws everything that is wrong in any of them. */
export async function checkConfigFiles({ runtime, globals }: Pick<CliContext, "runtime" | "globals">): Promise<CheckedConfig> {
  const files = globals.config ?? (await defaultConfigFiles({ paths: pathsOf(runtime), files: runtime.files }));
  const config = await loadConfig({ files, runtime });
  const inState = (wanted: "read" | "missing") => config.files.filter(({ state }) => state === wanted).map(({ path }) => path);
  const missing = inState("missing");
  if (globals.config && missing.length > 0) throw new HubError("NOT_FOUND", `There is no file ${missing.join(", ")}`);
  return { config, read: inState("read"), missing, warnings: config.warnings.map(describeProblem) };
}

export const configCheck = command({
  name: "check",
  summary: "Check configuration files, and start nothing",
  description: "Without --config it is the configuration of this user, as every hub without files reads it.",
  examples: [
    { line: "hubctl config check", means: "the configuration of this user" },
    { line: "hubctl config check --config servers.json", means: "this one" },
  ],
  flags: {},
  async run(_, { terminal, runtime, globals }) {
    const { config, read, missing, warnings } = await checkConfigFiles({ runtime, globals });
    if (globals.json !== undefined)
      return printJson({ ok: true, files: config.files, servers: [...config.servers.keys()], warnings: config.warnings }, terminal);
    const messages = createMessages(terminal, globals);
    for (const warning of warnings) messages.warn(warning);
    if (read.length === 0) messages.info(`There is no configuration yet; it would be ${missing.join(" or ")}`);
    else messages.success(`${count(read.length, "file")}, ${count(config.servers.size, "server")}: nothing is wrong`);
  },
});

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;
