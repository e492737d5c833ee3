import { dirname } from "node:path";
import { clientIds, clientRow } from "#hub/clients/client-table.ts";
import { isOwnEntry } from "#hub/clients/own-entry.ts";
import { placesOf, type ClientPlace } from "#hub/clients/places.ts";
import { readServers } from "#hub/clients/read-servers.ts";
import { defaultConfigFiles } from "#hub/config/default-files.ts";
import { loadConfig } from "#hub/config/load.ts";
import { pathsOf } from "#hub/kernel/paths.ts";
import type { CliContext } from "../command.ts";
import { printJson, selectFields } from "../output/json.ts";
import { printTable } from "../output/table.ts";
import { fileWorld } from "./disk-world.ts";

type ListedClient = {
  readonly client: string;
  readonly title: string;
  readonly scope: ClientPlace["scope"];
  /** `broken`: its file cannot be read; `absent`: neither the file nor its directory is there. */
  readonly state: "connected" | "found" | "absent" | "broken";
  /** Name of the hub's entry. */
  readonly entry?: string;
  readonly servers: number;
  readonly file: string;
};

/** Prints the clients' files on this machine, and which of them lead to the hub. */
export async function listClients(context: CliContext): Promise<void> {
  const { terminal, globals, runtime } = context;
  const world = fileWorld(context);
  const ports = await portsOf(context);
  const places = (await Promise.all(clientIds.map((client) => placesOf(client, { runtime, exists: world.exists })))).flat();
  const listed = await Promise.all(places.map((place) => look(place, ports, context)));
  const items = listed.filter(({ scope, state }) => scope === "user" || state !== "absent");
  if (globals.json !== undefined) return printJson(selectFields({ items }, globals.json), terminal);
  const columns = ["client", "scope", "state", "servers", "file"];
  printTable(items, { stdout: terminal.stdout, now: runtime.clock.now(), columns });
}

async function look(place: ClientPlace, ports: readonly number[], context: CliContext): Promise<ListedClient> {
  const { client, scope, path, servers: where } = place;
  const listed = { client, title: clientRow(client).title, scope, file: path, servers: 0 };
  const text = await context.runtime.files.read(path).catch(() => null);
  if (text === null) return { ...listed, state: "broken" };
  if (text === undefined) {
    const isInstalled = scope === "user" && client !== "claude-code" && (await fileWorld(context).exists(dirname(path)));
    return { ...listed, state: isInstalled ? "found" : "absent" };
  }
  try {
    const { servers } = readServers(text, path, where);
    const own = servers.find(({ entry }) => isOwnEntry(entry, ports));
    return { ...listed, servers: servers.length, state: own ? "connected" : "found", ...(own && { entry: own.name }) };
  } catch {
    return { ...listed, state: "broken" };
  }
}

/** Where the hub listens; a configuration that cannot be read is no reason not to list clients. */
async function portsOf({ runtime, globals }: CliContext): Promise<readonly number[]> {
  const files = globals.config ?? (await defaultConfigFiles({ paths: pathsOf(runtime), files: runtime.files }));
  const config = await loadConfig({ files, runtime }).catch(() => undefined);
  return [config?.hub.port ?? 37_373, 37_373];
}
