import { resolve } from "node:path";
import { clientIds, clientRow, type ClientId } from "#hub/clients/client-table.ts";
import type { ImportSource } from "#hub/clients/import-plan.ts";
import { placesOf } from "#hub/clients/places.ts";
import { likelyServers, readServers } from "#hub/clients/read-servers.ts";
import { HubError } from "#hub/kernel/errors.ts";
import type { CliContext } from "../command.ts";
import { createMessages } from "../output/messages.ts";
import { fileWorld } from "./disk-world.ts";

/** Reads the servers of the clients and files that are named, of every client when none is. */
export async function readSources(from: readonly string[], project: boolean, context: CliContext): Promise<readonly ImportSource[]> {
  const asked = from.length > 0 ? from : clientIds;
  const found = await Promise.all(
    asked.map((word) => (isClient(word) ? clientSources(word, { project, isNamed: from.length > 0 }, context) : fileSource(word, context))),
  );
  return found.flat();
}

const isClient = (word: string): word is ClientId => (clientIds as readonly string[]).includes(word);

async function clientSources(
  client: ClientId,
  { project, isNamed }: { readonly project: boolean; readonly isNamed: boolean },
  context: CliContext,
): Promise<readonly ImportSource[]> {
  const { title } = clientRow(client);
  const places = (await placesOf(client, { runtime: context.runtime, exists: fileWorld(context).exists })).filter(
    ({ scope }) => project || scope === "user",
  );
  const sources: ImportSource[] = [];
  for (const { path, servers } of places) {
    const text = await context.runtime.files.read(path);
    if (text === undefined) continue;
    try {
      sources.push({ title, file: path, ...readServers(text, path, servers) });
    } catch (cause) {
      if (isNamed || !(cause instanceof HubError)) throw cause;
      createMessages(context.terminal, context.globals).warn(cause.message);
    }
  }
  if (isNamed && sources.length === 0)
    throw new HubError("NOT_FOUND", `${title} has no servers here: there is no file ${places.map(({ path }) => path).join(" or ")}`);
  return sources;
}

async function fileSource(word: string, { runtime }: CliContext): Promise<readonly ImportSource[]> {
  const path = resolve(runtime.host.cwd, word);
  const text = await runtime.files.read(path);
  if (text === undefined)
    throw new HubError("NOT_FOUND", `${word} is neither a client nor a file`, { hint: `The clients are ${clientIds.join(", ")}` });
  const all = likelyServers.map((servers) => readServers(text, path, [servers]));
  return [{ title: word, file: path, ...(all.find(({ servers }) => servers.length > 0) ?? all[0]!) }];
}
