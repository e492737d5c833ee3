import { posix, win32 } from "node:path";
import type { MemberPath } from "../config/edit-json5.ts";
import type { Runtime } from "../kernel/runtime.ts";
import { clientRow, type ClientId, type ClientPlatform } from "./client-table.ts";

/** One file of a client. */
export interface ClientPlace {
  readonly client: ClientId;
  readonly scope: "user" | "project";
  readonly path: string;
  /** Where in the file servers stand; the first is where new ones go. */
  readonly servers: readonly [MemberPath, ...MemberPath[]];
}

export interface PlacesOptions {
  readonly runtime: Pick<Runtime, "env" | "host">;
  /** Whether there is anything at a path. */
  readonly exists: (path: string) => Promise<boolean>;
}

/** The files of a client on this machine, whether they exist or not: the user's, then the project's of this directory. */
export async function placesOf(client: ClientId, { runtime, exists }: PlacesOptions): Promise<readonly ClientPlace[]> {
  const row = clientRow(client);
  const { cwd, platform } = runtime.host;
  const { join } = pathsFor(platform);
  const candidates = row.user[platformOf(platform)].map((template) => fill(template, runtime));
  const present = await Promise.all(candidates.map(exists));
  const user: ClientPlace = {
    client,
    scope: "user",
    path: candidates[present.indexOf(true)] ?? candidates.at(-1)!,
    // Claude Code keeps what was added for one directory alone in the same file.
    servers: client === "claude-code" ? [row.servers, ["projects", cwd, ...row.servers]] : [row.servers],
  };
  if (row.project === undefined) return [user];
  return [user, { client, scope: "project", path: join(cwd, row.project), servers: [row.servers] }];
}

const pathsFor = (platform: NodeJS.Platform) => (platform === "win32" ? win32 : posix);

/** The other Unixes keep their files as Linux does. */
const platformOf = (platform: NodeJS.Platform): ClientPlatform => (platform === "win32" || platform === "darwin" ? platform : "linux");

function fill(template: string, { env, host }: PlacesOptions["runtime"]): string {
  const { join, isAbsolute } = pathsFor(host.platform);
  const home = (host.platform === "win32" ? env["USERPROFILE"] : env["HOME"]) || host.home;
  const given = (variable: string, fallback: string) => {
    const value = env[variable];
    return value !== undefined && isAbsolute(value) ? value : join(home, fallback);
  };
  const folders: Readonly<Record<string, string>> = {
    home,
    config: given("XDG_CONFIG_HOME", ".config"),
    appdata: given("APPDATA", "AppData/Roaming"),
    localappdata: given("LOCALAPPDATA", "AppData/Local"),
    claude: given("CLAUDE_CONFIG_DIR", ""),
  };
  return join(template.replace(/\{(\w+)\}/, (whole, name: string) => folders[name] ?? whole));
}
