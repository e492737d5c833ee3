import type { HubOptions } from "#hub/hub.ts";
import { occupantOf, type Occupant } from "#hub/gateway/listening-hub.ts";
import type { Invoke } from "#hub/kernel/client.ts";
import { HubError } from "#hub/kernel/errors.ts";
import { pathsOf, socketCandidates } from "#hub/kernel/paths.ts";
import type { Fetch, Runtime } from "#hub/kernel/runtime.ts";
import { rememberNames } from "./completion/known-names.ts";
import type { Connection } from "./connection.ts";
import type { GlobalValues } from "./global-flags.ts";

export interface ConnectOptions {
  readonly runtime: Runtime;
  /** When a hub in this process starts its servers. */
  readonly servers?: HubOptions["servers"];
  readonly globals: Pick<GlobalValues, "url" | "config">;
}

/**
 * Finds the hub: the one at `--url`, else one that answers on a unix socket (this directory's first), else one inside
 * this process on the same store. `--config` asks for exactly these files, so it never uses a hub that runs with others.
 */
export async function connect({ runtime, globals, servers }: ConnectOptions): Promise<Connection> {
  if (globals.config !== undefined && globals.config.length > 0) {
    if (globals.url !== undefined)
      throw new HubError("VALIDATION", "--url and --config exclude each other: a hub elsewhere has its own configuration");
    return connectInProcess(runtime, globals.config, servers);
  }
  const url = globals.url ?? runtime.env["HUBCTL_URL"];
  if (url !== undefined && url !== "") return remote(runtime, { where: "url", base: baseOf(url) });
  const socket = await answeringSocket(runtime);
  return socket === undefined
    ? connectInProcess(runtime, undefined, servers)
    : remote(runtime, { where: "socket", base: socketBase, unix: socket });
}

/** What the unix socket calls itself; the name is never resolved. */
const socketBase = "http://localhost";

/** `localhost:37373` will do. */
function baseOf(text: string): string {
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `http://${text}`);
  if (url && url.username === "" && url.password === "") return url.origin + url.pathname.replace(/\/+$/, "");
  throw url
    ? new HubError("VALIDATION", "The hub's address holds a password", { hint: "Put the token in HUBCTL_TOKEN" })
    : new HubError("VALIDATION", "That is no address of a hub", { hint: "Write --url http://127.0.0.1:37373" });
}

/** The first socket of `socketCandidates` behind which a hub answers; a dead hub leaves its file behind. */
export async function answeringSocket(runtime: Runtime): Promise<string | undefined> {
  for (const unix of new Set(socketCandidates(pathsOf(runtime), runtime.host.cwd))) {
    if ((await occupant({ unix }, runtime)).is === "hub") return unix;
  }
  return undefined;
}

/** The hub at HUBCTL_URL or on a socket, without starting one. */
export async function invokeRunning(runtime: Runtime): Promise<Invoke | undefined> {
  const url = runtime.env["HUBCTL_URL"];
  const unix = url ? undefined : await answeringSocket(runtime);
  if (!url && unix === undefined) return undefined;
  return (await remote(runtime, url ? { where: "url", base: baseOf(url) } : { where: "socket", base: socketBase, unix })).invoke;
}

/** The MCP door of the hub on a socket. */
export function socketDoor(
  unix: string,
  { fetch, env }: Runtime,
): { readonly url: string; readonly fetch: Fetch; readonly headers: Record<string, string> } {
  const token = env["HUBCTL_TOKEN"];
  return {
    url: `${socketBase}/mcp`,
    fetch: (url, init) => fetch(url, { ...init, unix }),
    headers: token ? { authorization: `Bearer ${token}` } : {},
  };
}

/** Who answers on a socket or at an address. */
export const occupant = (
  { base = socketBase, unix }: { readonly base?: string; readonly unix?: string },
  runtime: Runtime,
): Promise<Occupant> => occupantOf({ base, unix }, runtime);

interface RemoteTarget {
  readonly where: "socket" | "url";
  readonly base: string;
  readonly unix?: string;
}

async function remote(runtime: Runtime, { where, base, unix }: RemoteTarget): Promise<Connection> {
  const [{ remoteEvents, remoteInvoke }, { operationManifest: manifest }] = await Promise.all([
    import("#hub/gateway/remote-client.ts"),
    import("./operation-manifest.ts"),
  ]);
  const token = runtime.env["HUBCTL_TOKEN"];
  const target = { base, unix, fetch: runtime.fetch, ...(token && { token }) };
  const invoke = rememberNames(remoteInvoke({ ...target, manifest }), runtime);
  const close = async () => undefined;
  return {
    where,
    invoke,
    events: (options) => remoteEvents({ ...target, ...options, clock: runtime.clock }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A hub in this process; it listens nowhere, and unless told otherwise starts a server when somebody needs it. */
export async function connectInProcess(
  runtime: Runtime,
  configFiles: readonly string[] | undefined,
  servers: HubOptions["servers"] = "on-demand",
): Promise<Connection> {
  const { createHub } = await import("#hub/hub.ts");
  const hub = await createHub({ runtime, configFiles, cwd: runtime.host.cwd, listen: false, servers });
  await hub.start();
  const close = () => hub.stop();
  return {
    where: "in-process",
    invoke: rememberNames(hub.invoke, runtime),
    events: (options) => hub.events.follow(options),
    close,
    [Symbol.asyncDispose]: close,
  };
}
