import { HubError } from "../kernel/errors.ts";
import { listingOf, timeOf, type Listing } from "./listing.ts";
import { officialKey, type RegistryEntry } from "./server-json.ts";
import type { KnownVersion, VersionStore } from "./version-store.ts";

/** Every server this hub knows of: the bundled lists, and over them what the registry has said since. */
export interface Listings {
  /** The newest version of each server that was not withdrawn. */
  all(): Promise<readonly Listing[]>;
  /** By its name in the registry, the name of its package, or its own name where only one server has it; undefined when there is none. */
  find(text: string): Promise<Listing | undefined>;
  /** Newest first. */
  versions(name: string): Promise<readonly VersionInfo[]>;
  /** The registry's entry; throws when there is no such server or version. `latest` is the newest version. */
  entry(name: string, version?: string): Promise<RegistryEntry>;
  /** Every version of every server, by name. */
  everything(): Promise<readonly VersionInfo[]>;
  /** What the store holds is no longer what was read. */
  changed(): void;
}

export type VersionInfo = Omit<KnownVersion, "listing"> & { readonly listing: () => Listing; readonly isBundled: boolean };

interface Known {
  readonly versions: ReadonlyMap<string, readonly VersionInfo[]>;
  readonly bundled: ReadonlyMap<string, RegistryEntry>;
  readonly latest: readonly Listing[];
  readonly aliases: ReadonlyMap<string, readonly Listing[]>;
}

export interface ListingsDeps {
  readonly store: Pick<VersionStore, "all" | "entry">;
  readonly bundle: () => Promise<readonly RegistryEntry[]>;
}

/** Reads nothing until somebody asks. */
export function createListings({ store, bundle }: ListingsDeps): Listings {
  let bundled: Promise<ReadonlyMap<string, RegistryEntry>> | undefined;
  let known: Promise<Known> | undefined;
  const readBundle = () =>
    (bundled ??= bundle().then(
      (entries) => new Map(entries.map((entry) => [keyOf(entry.server), entry])),
      (cause: unknown) => {
        bundled = undefined;
        throw cause;
      },
    ));
  const read = () =>
    (known ??= Promise.all([readBundle(), store.all()]).then(
      ([entries, learned]) => merge(entries, learned),
      (cause: unknown) => {
        known = undefined;
        throw cause;
      },
    ));

  const versions = async (name: string) => (await read()).versions.get(name) ?? [];
  return {
    all: async () => (await read()).latest,
    async find(text) {
      const { latest, aliases } = await read();
      return latest.find(({ name }) => name === text) ?? preferred(text, aliases.get(text.toLowerCase()) ?? []);
    },
    versions,
    async entry(name, version = "latest") {
      const all = await versions(name);
      const info = version === "latest" ? all.find(({ isLatest }) => isLatest) : all.find((one) => one.version === version);
      if (!info) throw noSuchVersion(name, all.length === 0 ? undefined : version);
      const entry = info.isBundled ? (await read()).bundled.get(keyOf(info)) : await store.entry(info.name, info.version);
      if (!entry) throw noSuchVersion(name, version);
      return withLatest(entry, info);
    },
    everything: async () => [...(await read()).versions.values()].flat(),
    changed: () => void (known = undefined),
  };
}

const keyOf = ({ name, version }: { readonly name: string; readonly version: string }) => `${name}:${version}`;

function merge(bundled: ReadonlyMap<string, RegistryEntry>, learned: readonly KnownVersion[]): Known {
  const newer = new Set(learned.map(keyOf));
  const all: VersionInfo[] = [
    ...[...bundled].filter(([key]) => !newer.has(key)).map(([, entry]) => bundledInfo(entry)),
    ...learned.map((one) => ({ ...one, listing: () => one.listing, isBundled: false })),
  ];
  const versions = new Map(
    [...Map.groupBy(all, ({ name }) => name)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, group]) => [name, ordered(group)]),
  );
  const latest = [...versions.values()].flatMap((group) =>
    group.filter(({ isLatest, status }) => isLatest && status !== "deleted").map((info) => info.listing()),
  );
  return { versions, bundled, latest, aliases: aliasesOf(latest, bundled) };
}

function bundledInfo(entry: RegistryEntry): VersionInfo {
  const official = entry._meta?.[officialKey];
  const listing = () => listingOf(entry);
  return {
    name: entry.server.name,
    version: entry.server.version,
    status: official?.status ?? "active",
    isLatest: official?.isLatest ?? true,
    publishedAt: timeOf(official?.publishedAt),
    updatedAt: timeOf(official?.updatedAt),
    listing,
    isBundled: true,
  };
}

/** Newest first, with exactly one newest: a bundled one stops being it when the registry names another. */
function ordered(group: readonly VersionInfo[]): VersionInfo[] {
  const newestFirst = group.toSorted((a, b) => b.publishedAt - a.publishedAt || (a.version < b.version ? 1 : -1));
  const alive = newestFirst.filter(({ status }) => status !== "deleted");
  const latest = alive.find(({ isLatest }) => isLatest) ?? alive[0] ?? newestFirst[0];
  return newestFirst.map((info) => (info.isLatest === (info === latest) ? info : { ...info, isLatest: info === latest }));
}

/** Names by which a person may call a server besides its whole one: those of its packages, its last part. */
function aliasesOf(latest: readonly Listing[], bundled: ReadonlyMap<string, RegistryEntry>): Map<string, Listing[]> {
  const aliases = new Map<string, Listing[]>();
  const add = (alias: string, listing: Listing) => {
    const key = alias.toLowerCase();
    const others = aliases.get(key);
    if (!others) aliases.set(key, [listing]);
    else if (!others.includes(listing)) others.push(listing);
  };
  for (const listing of latest) {
    const packages = bundled.get(keyOf(listing))?.server["packages"];
    for (const { identifier } of (packages as { identifier: string }[] | undefined) ?? [])
      if (typeof identifier === "string") add(identifier, listing);
    add(listing.name.split("/")[1]!, listing);
  }
  return aliases;
}

/** What publishers registered themselves comes before what others listed; among equals nobody is picked. */
function preferred(text: string, candidates: readonly Listing[]): Listing | undefined {
  for (const source of ["official", "mcpm", "docker"]) {
    const [one, ...others] = candidates.filter((listing) => listing.source === source);
    if (!one) continue;
    if (others.length === 0) return one;
    throw new HubError("CONFLICT", `${text} may be any of ${candidates.length} servers`, {
      hint: `Say which: ${candidates
        .slice(0, 5)
        .map(({ name }) => name)
        .join(", ")}`,
      details: { candidates: candidates.slice(0, 20).map(({ name }) => name) },
    });
  }
  return undefined;
}

function withLatest(entry: RegistryEntry, { isLatest }: VersionInfo): RegistryEntry {
  const official = entry._meta?.[officialKey];
  return official ? { ...entry, _meta: { ...entry._meta, [officialKey]: { ...official, isLatest } } } : entry;
}

const noSuchVersion = (name: string, version: string | undefined) =>
  version === undefined
    ? new HubError("NOT_FOUND", `The marketplace has no server ${name}`, { hint: "Look for it with `hubctl marketplace search`" })
    : new HubError("NOT_FOUND", `The marketplace has no version ${version} of ${name}`, {
        hint: `See \`hubctl marketplace show ${name}\``,
      });
