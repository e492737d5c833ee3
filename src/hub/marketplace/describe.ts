import type { z } from "zod";
import type { Listings } from "./listings.ts";
import type { InstallRecord } from "./install-store.ts";
import type { InstallOutcome } from "./installation.ts";
import type { InstallResult, Installed } from "./schema.ts";

/** What an installation came to. */
export const resultOf = ({ record, tools, backup }: InstallOutcome): z.input<typeof InstallResult> => ({
  server: record.server,
  name: record.name,
  version: record.version,
  package: record.package,
  state: record.state === "enabled" ? "enabled" : "quarantined",
  tools: tools.map(({ name, description }) => ({ name, description })),
  file: record.file,
  backup,
});

/** An installed server, with what the lists say of it now. */
export async function installedOf(
  record: InstallRecord & { readonly updatedAt: number },
  listings: Listings,
): Promise<z.input<typeof Installed>> {
  const { server, name, title, version, way, state, file, installedAt, updatedAt } = record;
  const versions = await listings.versions(name);
  const own = versions.find((one) => one.version === version);
  const newest = versions.find(({ isLatest }) => isLatest);
  // A list without versions cannot say that there is a newer one; the package's registry can, when an update is planned.
  const update = own && newest && newest !== own && newest.status === "active" ? newest.version : undefined;
  return {
    server,
    name,
    title,
    version,
    way,
    state,
    file,
    installedAt,
    updatedAt,
    update,
    package: record.package,
    status: own?.status ?? "active",
    statusMessage: own?.listing().statusMessage,
    tools: Object.keys(record.tools).length,
  };
}
