import { HubError } from "../kernel/errors.ts";
import type { Listings, VersionInfo } from "./listings.ts";
import { timeOf } from "./listing.ts";
import type { RegistryEntry } from "./server-json.ts";

export interface RegistryQuery {
  readonly cursor?: string;
  readonly limit?: number;
  /** Part of a name or a description. */
  readonly search?: string;
  /** RFC 3339. */
  readonly updatedSince?: string;
  /** `latest`, or one version. */
  readonly version?: string;
  readonly includeDeleted?: boolean;
}

/** The answer of `GET /v0.1/servers`: https://registry.modelcontextprotocol.io/docs */
export interface RegistryPage {
  readonly servers: readonly RegistryEntry[];
  readonly metadata: { readonly count: number; readonly nextCursor?: string };
}

/** One page of all versions, ordered by name, then from old to new. */
export async function registryPage(listings: Listings, query: RegistryQuery): Promise<RegistryPage> {
  const { cursor, limit = 30 } = query;
  const all = (await listings.everything()).toReversed().toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const from = cursor === undefined ? 0 : all.findIndex((info) => cursorOf(info) === cursor) + 1;
  if (cursor !== undefined && from === 0)
    throw new HubError("VALIDATION", "The cursor is none of this registry", { hint: "Begin again without one" });
  const wanted = filter(query);
  const found: VersionInfo[] = [];
  for (let at = from; at < all.length && found.length <= limit; at++) if (wanted(all[at]!)) found.push(all[at]!);
  const page = found.slice(0, limit);
  return {
    servers: await Promise.all(page.map(({ name, version }) => listings.entry(name, version))),
    metadata: { count: page.length, ...(found.length > limit && { nextCursor: cursorOf(page.at(-1)!) }) },
  };
}

/** Every version of one server, newest first. */
export async function registryVersions(listings: Listings, name: string): Promise<RegistryPage> {
  const versions = (await listings.versions(name)).filter(({ status }) => status !== "deleted");
  if (versions.length === 0) throw new HubError("NOT_FOUND", "Server not found");
  return {
    servers: await Promise.all(versions.map(({ version }) => listings.entry(name, version))),
    metadata: { count: versions.length },
  };
}

const cursorOf = ({ name, version }: VersionInfo) => `${name}:${version}`;

function filter({ search, updatedSince, version, includeDeleted }: RegistryQuery): (info: VersionInfo) => boolean {
  const since = updatedSince === undefined ? undefined : timeOf(updatedSince);
  if (since === 0) throw new HubError("VALIDATION", "updated_since is no time", { hint: "Write it as 2026-01-31T00:00:00Z" });
  const words = search?.toLowerCase();
  // Whoever follows the changes has to hear of what was withdrawn.
  const withDeleted = includeDeleted || since !== undefined;
  return (info) => {
    if (info.status === "deleted" && !withDeleted) return false;
    if (since !== undefined && info.updatedAt <= since) return false;
    if (version === "latest" ? !info.isLatest : version !== undefined && info.version !== version) return false;
    if (words === undefined || info.name.toLowerCase().includes(words)) return true;
    return info.listing().description.toLowerCase().includes(words);
  };
}
