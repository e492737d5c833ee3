import { join } from "node:path";
import type { Runtime } from "../kernel/runtime.ts";

/**
 * Where mcp-hub keeps the list of running hubs: `~/.mcp-hub` where that directory exists, else the state directory of the
 * XDG Base Directory Specification.
 */
export async function workspacesFile({ env, host, files }: Pick<Runtime, "env" | "host" | "files">): Promise<string> {
  const home = env["HOME"] || host.home;
  const names: readonly string[] = await files.list(home).catch(() => []);
  const isLegacy = names.includes(".mcp-hub");
  const directory = isLegacy ? join(home, ".mcp-hub") : join(env["XDG_STATE_HOME"] || join(home, ".local/state"), "mcp-hub");
  return join(directory, "workspaces.json");
}
