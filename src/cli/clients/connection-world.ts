import type { ConnectionWorld } from "#hub/clients/client-connection.ts";
import { clientRow, type ClientId } from "#hub/clients/client-table.ts";
import { connectionRecords } from "#hub/clients/connection-record.ts";
import { placesOf, type ClientPlace } from "#hub/clients/places.ts";
import { HubError } from "#hub/kernel/errors.ts";
import { pathsOf } from "#hub/kernel/paths.ts";
import type { CliContext } from "../command.ts";
import { fileWorld } from "./disk-world.ts";

/** The client's file of this user, or of this directory. */
export async function placeOf(client: ClientId, project: boolean, context: CliContext): Promise<ClientPlace> {
  const places = await placesOf(client, { runtime: context.runtime, exists: fileWorld(context).exists });
  const place = places.find(({ scope }) => scope === (project ? "project" : "user"));
  if (place) return place;
  throw new HubError("VALIDATION", `${clientRow(client).title} has no configuration per project`, { hint: "Leave out --project" });
}

/** What connecting and its undo need of the outside. */
export const connectionWorld = (context: CliContext): ConnectionWorld => ({
  ...fileWorld(context),
  records: connectionRecords({ files: context.runtime.files, paths: pathsOf(context.runtime) }),
});
