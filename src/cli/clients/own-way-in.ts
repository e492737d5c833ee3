import { resolve } from "node:path";
import { clientRow } from "#hub/clients/client-table.ts";
import { tokenVariable, type OwnEntry } from "#hub/clients/own-entry.ts";
import type { ClientPlace } from "#hub/clients/places.ts";
import { defaultConfigFiles } from "#hub/config/default-files.ts";
import { loadConfig } from "#hub/config/load.ts";
import { HubError } from "#hub/kernel/errors.ts";
import { pathsOf } from "#hub/kernel/paths.ts";
import type { CliContext } from "../command.ts";
import { invokeRunning } from "../connect.ts";

/** How a client of this file reaches the hub: by URL where it can, unless asked otherwise. */
export async function ownEntry(place: ClientPlace, way: "http" | "stdio" | undefined, context: CliContext): Promise<OwnEntry> {
  const { title, http, placeholder } = clientRow(place.client);
  const hasToken = Boolean(context.runtime.env[tokenVariable]);
  if (way === "http" && !http) throw new HubError("VALIDATION", `${title} takes only commands from its file`, { hint: "Leave out --http" });
  if (way === "stdio" || !http || (way === undefined && hasToken && !placeholder)) return byCommand(place, context);
  const url = await mcpUrl(context);
  if (url !== undefined) return { kind: "http", url, hasToken };
  if (way === undefined) return byCommand(place, context);
  throw new HubError("CONFLICT", "The hub has no fixed port, so there is no URL to write", {
    hint: "Set hub.port in the configuration, or use --stdio",
  });
}

/** Of the hub at `--url`, of the one that runs, or of the one that will run with this configuration. */
async function mcpUrl({ runtime, globals }: CliContext): Promise<string | undefined> {
  if (globals.url !== undefined) {
    const url = URL.parse(/^https?:/.test(globals.url) ? globals.url : `http://${globals.url}`);
    if (!url || url.username || url.password)
      throw new HubError("VALIDATION", "That is no address of a hub", { hint: "Write --url http://127.0.0.1:37373" });
    return `${url.origin}${url.pathname.replace(/\/+$/, "")}/mcp`;
  }
  const running = await runningUrl(runtime);
  if (running !== undefined) return `${running}/mcp`;
  const files = globals.config ?? (await defaultConfigFiles({ paths: pathsOf(runtime), files: runtime.files }));
  const { port } = (await loadConfig({ files, runtime })).hub;
  return port === 0 ? undefined : `http://127.0.0.1:${port}/mcp`;
}

async function runningUrl(runtime: CliContext["runtime"]): Promise<string | undefined> {
  const invoke = await invokeRunning(runtime);
  const status = (await invoke?.("hub.status", {}).catch(() => undefined)) as { readonly url?: string } | undefined;
  return status?.url;
}

/** Variables that say where the hub's files are: a client may start us without them, and we would be another hub. */
const whereabouts = ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"];

/**
 * A program with a window does not have the PATH of a shell, so it gets the whole path: that of the link people have on
 * their PATH, which stays when the program behind it is replaced. A project's file is for other machines too.
 */
function byCommand({ scope }: ClientPlace, { runtime, globals }: CliContext): OwnEntry {
  const { env, host } = runtime;
  const files = (globals.config ?? []).flatMap((file) => ["--config", resolve(host.cwd, file)]);
  const args = ["stdio", ...files];
  if (scope === "project") return { kind: "stdio", command: "hubctl", args, env: {} };
  const onPath = Bun.which("hubctl", { PATH: env["PATH"] ?? "", cwd: host.cwd });
  const [program = "hubctl", ...own] = onPath === null ? host.self : [onPath];
  const places = whereabouts.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return { kind: "stdio", command: program, args: [...own, ...args], env: Object.fromEntries(places) };
}
