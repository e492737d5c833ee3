import { serverEntries } from "#hub/assembly/server-entries.ts";
import { readServers } from "#hub/clients/read-servers.ts";
import type { Target } from "#hub/clients/client-connection.ts";
import { parseLayer } from "#hub/config/layer.ts";
import { mergeLayers } from "#hub/config/layers.ts";
import { createEgress } from "#hub/gates/egress.ts";
import { createSpawnGate } from "#hub/gates/spawn.ts";
import { HubError } from "#hub/kernel/errors.ts";
import { silentLog } from "#hub/kernel/log.ts";
import { version } from "#hub/kernel/version.ts";
import { connectServer } from "#hub/servers/connect.ts";
import { createServerLog } from "#hub/servers/server-log.ts";
import type { ServerEntry } from "#hub/servers/endpoint.ts";
import type { CliContext } from "../command.ts";

const patienceMs = 30_000;
const maxMessageBytes = 67_108_864;

/** Reads the entry back from the client's file, starts or calls exactly what stands there, and lists its tools; answers how many. */
export async function probe(target: Target, { runtime, signal }: Pick<CliContext, "runtime" | "signal">): Promise<number> {
  const entry = await writtenEntry(target, runtime);
  const log = createServerLog(runtime.clock);
  const egress = createEgress({ runtime, log: silentLog });
  await using gate = createSpawnGate({ runtime, log: silentLog });
  const deps = {
    startProcess: gate.start,
    fetch: egress.fetchFor({ trust: "configured" }),
    clock: runtime.clock,
    version,
    maxMessageBytes,
  };
  const nothing = () => undefined;
  const hooks = { log, signal, onNotification: nothing, onListChanged: nothing, onListFailed: nothing, onClosed: nothing, later: nothing };
  const connection = await connectServer(entry, deps, hooks);
  try {
    return connection.capabilities.tools.length;
  } finally {
    await connection.close();
  }
}

async function writtenEntry({ place, name }: Target, runtime: CliContext["runtime"]): Promise<ServerEntry> {
  const text = (await runtime.files.read(place.path)) ?? "";
  const found = readServers(text, place.path, [place.servers[0]]).servers.find((server) => server.name === name);
  if (!found || found.refused !== undefined)
    throw new HubError(
      "NOT_FOUND",
      `${place.path} has no entry ${name}${found?.refused === undefined ? "" : ` that works: it ${found.refused}`}`,
    );
  // Editors start the servers of a project in its directory, and the others wherever they were started themselves.
  const cwd = place.scope === "project" ? runtime.host.cwd : runtime.env["HOME"] || runtime.host.home;
  const written = "command" in found.entry ? { ...found.entry, cwd } : found.entry;
  const layer = parseLayer(JSON.stringify({ mcpServers: { [name]: written } }), place.path);
  const run = () => Promise.reject(new HubError("FORBIDDEN", "An entry that hubctl wrote runs no command to fill itself in"));
  const [entry] = serverEntries(mergeLayers([layer]), { runtime, run, log: silentLog });
  return { ...entry!, startTimeoutMs: patienceMs };
}
