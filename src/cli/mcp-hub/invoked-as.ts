import { basename } from "node:path";

/** Whether the program was called by the name of mcp-hub: through a link to it, or as a copy of it. */
export const isCalledMcpHub = ({ argv0, execPath }: { readonly argv0: string; readonly execPath: string }): boolean =>
  [argv0, execPath].some((path) => basename(path).replace(/\.exe$/i, "") === "mcp-hub");

/** The arguments meant for mcp-hub; undefined for a command line of hubctl. */
export function mcpHubArguments(argv: readonly string[], called: { readonly argv0: string; readonly execPath: string }) {
  if (isCalledMcpHub(called)) return argv;
  return argv[0] === "compat" && argv[1] === "mcp-hub" ? argv.slice(2) : undefined;
}
