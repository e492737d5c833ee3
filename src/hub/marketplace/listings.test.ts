import { expect, test } from "bun:test";
import fc from "fast-check";
import { listingOf, plain } from "./listing.ts";
import { createListings, type Listings } from "./listings.ts";
import { searchListings, sorts } from "./search.ts";
import { listingKey, officialKey, type RegistryEntry } from "./server-json.ts";
import { registryPage, registryVersions } from "./subregistry.ts";
import type { KnownVersion } from "./version-store.ts";

interface Given {
  readonly name?: string;
  readonly version?: string;
  readonly status?: "active" | "deprecated" | "deleted";
  readonly latest?: boolean;
  readonly day?: number;
  readonly server?: object;
  readonly listed?: object;
}

const time = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString();

function entryOf({
  name = "io.github.ana/files",
  version = "1.0.0",
  status = "active",
  latest = true,
  day = 1,
  server,
  listed,
}: Given = {}): RegistryEntry {
  return {
    server: { name, version, description: `about ${name}`, ...server },
    _meta: {
      [officialKey]: { status, isLatest: latest, publishedAt: time(day), updatedAt: time(day) },
      ...(listed && { [listingKey]: { source: "official", ...listed } }),
    },
  };
}

function knownOf(given: Given): KnownVersion & { entry: RegistryEntry } {
  const entry = entryOf(given);
  const listing = listingOf(entry);
  const at = Date.parse(time(given.day ?? 1));
  return {
    name: entry.server.name,
    version: entry.server.version,
    status: listing.status,
    isLatest: given.latest ?? true,
    publishedAt: at,
    updatedAt: at,
    listing,
    entry,
  };
}

function listingsOf(bundled: readonly Given[], learned: readonly Given[] = []): Listings {
  const rows = learned.map(knownOf);
  return createListings({
    bundle: async () => bundled.map(entryOf),
    store: {
      all: async () => rows,
      entry: async (name, version) => rows.find((row) => row.name === name && row.version === version)?.entry,
    },
  });
}

test("what the registry said later takes the place of the bundle, and one version alone is the newest", async () => {
  const listings = listingsOf([{ version: "1.0.0" }], [{ version: "2.0.0", day: 5 }]);
  expect((await listings.all()).map(({ version }) => version)).toEqual(["2.0.0"]);
  expect((await listings.versions("io.github.ana/files")).map(({ version, isLatest }) => [version, isLatest])).toEqual([
    ["2.0.0", true],
    ["1.0.0", false],
  ]);
  expect((await listings.entry("io.github.ana/files", "1.0.0"))._meta?.[officialKey]?.isLatest).toBe(false);
  expect((await listings.entry("io.github.ana/files")).server.version).toBe("2.0.0");
});

test("C12 a withdrawn version is in no list, and the one before it is the newest again", async () => {
  const listings = listingsOf([{ version: "1.0.0" }], [{ version: "2.0.0", day: 5, status: "deleted" }]);
  expect((await listings.all()).map(({ version }) => version)).toEqual(["1.0.0"]);
  const gone = listingsOf([], [{ status: "deleted" }]);
  expect(await gone.all()).toEqual([]);
  expect(await gone.find("io.github.ana/files")).toBeUndefined();
});

test("a server is found by its name, its package or its own name, and nobody is picked among equals", async () => {
  const packages = { packages: [{ registryType: "npm", identifier: "@ana/files" }] };
  const listings = listingsOf([
    { name: "io.github.ana/files", server: packages },
    { name: "io.github.bob/other" },
    { name: "io.github.eve/other" },
    { name: "sh.mcpm/files", listed: { source: "mcpm" } },
  ]);
  for (const text of ["io.github.ana/files", "@ana/files", "files", "FILES"])
    expect((await listings.find(text))?.name).toBe("io.github.ana/files");
  await expect(listings.find("other")).rejects.toMatchObject({ code: "CONFLICT", hint: expect.stringContaining("io.github.bob/other") });
  expect(await listings.find("nothing")).toBeUndefined();
  await expect(listings.entry("io.github.ana/files", "9")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("nothing is read before somebody asks, and a bundle that failed is tried again", async () => {
  let reads = 0;
  const listings = createListings({
    bundle: async () => {
      if (++reads === 1) throw new Error("disk");
      return [entryOf()];
    },
    store: { all: async () => [], entry: async () => undefined },
  });
  expect(reads).toBe(0);
  await expect(listings.all()).rejects.toThrow("disk");
  await listings.all().catch(() => undefined);
  expect(await listings.all()).toHaveLength(1);
});

const some = [
  entryOf({ name: "a.b/notes", day: 1, listed: { category: "files", tags: ["text", "local"] } }),
  entryOf({ name: "a.b/note-taker", day: 3, listed: { category: "files", tags: ["text"] } }),
  entryOf({ name: "a.b/weather", day: 2, server: { description: "notes on rain" } }),
].map(listingOf);

test("words, category and tags narrow, the best name comes first", () => {
  const names = (query: Parameters<typeof searchListings>[1]) => searchListings(some, query).map(({ name }) => name);
  expect(names({ words: "notes" })).toEqual(["a.b/notes", "a.b/weather"]);
  expect(names({ words: "NOTE text" })).toEqual(["a.b/note-taker", "a.b/notes"]);
  expect(names({ category: "files", tags: ["local"] })).toEqual(["a.b/notes"]);
  expect(names({})).toEqual(["a.b/note-taker", "a.b/weather", "a.b/notes"]);
  expect(names({ sort: "name" })).toEqual(["a.b/note-taker", "a.b/notes", "a.b/weather"]);
});

test("every sort keeps every listing", () => {
  fc.assert(
    fc.property(fc.constantFrom(...sorts, undefined), fc.string(), (sort, words) => {
      expect(searchListings(some, { sort })).toHaveLength(some.length);
      expect(searchListings(some, { sort, words }).length).toBeLessThanOrEqual(some.length);
    }),
  );
});

test("C6 hidden characters are taken out of what is shown", () => {
  expect(plain("Files\u001b[31m\u202Eevil\u200B\u{E0041} !")).toBe("Files [31m evil !");
});

test("as a registry: pages follow each other without a gap, and hold every version once", async () => {
  const given = Array.from({ length: 23 }, (_, index) => ({
    name: `a.b/s${index % 7}`,
    version: `${index}.0.0`,
    latest: index >= 16,
    day: index + 1,
  }));
  const listings = listingsOf(given);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await registryPage(listings, { limit: 5, cursor });
    expect(page.metadata.count).toBe(page.servers.length);
    seen.push(...page.servers.map(({ server }) => `${server.name}:${server.version}`));
    cursor = page.metadata.nextCursor;
  } while (cursor !== undefined);
  expect(seen.toSorted()).toEqual(given.map(({ name, version }) => `${name}:${version}`).toSorted());
});

test("as a registry: latest, search, updated_since and deleted ones", async () => {
  const listings = listingsOf([
    { version: "1.0.0", latest: false },
    { version: "2.0.0", day: 4 },
    { name: "a.b/gone", status: "deleted", day: 9 },
  ]);
  const names = async (query: Parameters<typeof registryPage>[1]) =>
    (await registryPage(listings, query)).servers.map(({ server }) => `${server.name}@${server.version}`);
  expect(await names({})).toEqual(["io.github.ana/files@1.0.0", "io.github.ana/files@2.0.0"]);
  expect(await names({ version: "latest" })).toEqual(["io.github.ana/files@2.0.0"]);
  expect(await names({ search: "ABOUT io", version: "1.0.0" })).toEqual(["io.github.ana/files@1.0.0"]);
  expect(await names({ updatedSince: time(3) })).toEqual(["a.b/gone@1.0.0", "io.github.ana/files@2.0.0"]);
  expect(await names({ includeDeleted: true, search: "gone" })).toEqual(["a.b/gone@1.0.0"]);
  await expect(registryPage(listings, { updatedSince: "yesterday" })).rejects.toMatchObject({ code: "VALIDATION" });
  await expect(registryPage(listings, { cursor: "made up" })).rejects.toMatchObject({ code: "VALIDATION" });
  expect((await registryVersions(listings, "io.github.ana/files")).servers.map(({ server }) => server.version)).toEqual(["2.0.0", "1.0.0"]);
  await expect(registryVersions(listings, "a.b/gone")).rejects.toMatchObject({ code: "NOT_FOUND" });
});
