import type { Config } from "#hub/config/layers.ts";
import { HubError } from "#hub/kernel/errors.ts";
import { delimiter, isAbsolute, join } from "node:path";
import { checkConfigFiles } from "../commands/config-check.ts";
import { findings, type Examined, type Finding } from "./finding.ts";

const config = findings("configuration");
const command = findings("server command");

export interface ConfigCheck {
  readonly found: readonly Finding[];
  /** Undefined when the files are not valid. */
  readonly config?: Config;
}

export async function checkConfig(examined: Examined): Promise<ConfigCheck> {
  try {
    const { config: valid, read, missing, warnings } = await checkConfigFiles(examined);
    const summary =
      read.length === 0 ? `None yet; it would be ${missing.join(" or ")}` : `${read.join(", ")} (${valid.servers.size} servers)`;
    return {
      found: [config.pass(summary), ...warnings.map((line) => config.warn(line, "Correct the key, or take it out"))],
      config: valid,
    };
  } catch (cause) {
    const error = HubError.from(cause);
    return {
      found: error.message.split("\n").map((line) => config.fail(line, "Correct the file; `hubctl config check` looks at it again")),
    };
  }
}

/** Whether the commands of local servers can be found; one with a placeholder is known only when it starts. */
export async function checkServerCommands({ servers }: Pick<Config, "servers">, examined: Examined): Promise<readonly Finding[]> {
  const local = [...servers.values()].filter((server) => server.kind === "stdio" && !server.disabled);
  return Promise.all(
    local.map(async (server) => {
      const name = server.kind === "stdio" ? server.command : "";
      if (name.includes("${")) return command.pass(`${server.name}: ${name} is filled in at the start`);
      const path = await findCommand(name, examined);
      if (path !== undefined) return command.pass(`${server.name}: ${path}`);
      return command.fail(
        `${server.name}: there is no ${name} on the PATH`,
        `Install ${name}, or write its full path in ${server.configSource}`,
      );
    }),
  );
}

async function findCommand(name: string, { runtime, disk }: Examined): Promise<string | undefined> {
  const { cwd } = runtime.host;
  const candidates = isAbsolute(name)
    ? [name]
    : name.includes("/")
      ? [join(cwd, name)]
      : (runtime.env["PATH"] ?? "").split(delimiter).map((directory) => join(directory || cwd, name));
  for (const path of candidates) if (await disk.isExecutable(path)) return path;
  return undefined;
}
