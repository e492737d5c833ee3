import { defaultConfigFiles } from "#hub/config/default-files.ts";
import { loadConfig } from "#hub/config/load.ts";
import { pathsOf } from "#hub/kernel/paths.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";

/** What clients of mcp-hub know, where nobody says otherwise. */
export const usualVersion = "4.2.1";

/**
 * The version that clients are told: that of HUBCTL_MCP_HUB_VERSION, else of the given files, else of the user's own
 * configuration. A file that cannot be read keeps no client from starting.
 */
export async function shownVersion(runtime: Pick<Runtime, "env" | "host" | "files">, configFiles: readonly string[]): Promise<string> {
  const asked = runtime.env["HUBCTL_MCP_HUB_VERSION"];
  if (asked) return asked;
  try {
    const own = await defaultConfigFiles({ paths: pathsOf(runtime), files: runtime.files });
    return (await loadConfig({ files: [...own, ...configFiles], runtime })).hub.mcpHubVersion;
  } catch {
    return usualVersion;
  }
}
