import type { Listings } from "./listings.ts";
import { mcpHubEntry, mcpHubIds, type McpHubEntry } from "./mcp-hub-entry.ts";
import { readmeOf } from "./readme.ts";

export interface McpHubQuery {
  readonly search?: string;
  readonly category?: string;
  /** Every one of them. */
  readonly tags?: readonly string[];
  readonly sort?: string;
}

/** The marketplace as clients of the npm program mcp-hub ask for it. */
export interface McpHubList {
  list(query: McpHubQuery): Promise<McpHubEntry[]>;
  details(id: string): Promise<{ readonly server: McpHubEntry; readonly readmeContent: string | null } | undefined>;
}

export function createMcpHubList(listings: Listings): McpHubList {
  let made: { readonly from: unknown; readonly entries: Promise<readonly Named[]> } | undefined;
  const entries = async () => {
    const all = await listings.all();
    if (made?.from !== all) made = { from: all, entries: read(listings) };
    return made.entries;
  };
  return {
    async list(query) {
      return (await entries())
        .map(({ entry }) => entry)
        .filter((entry) => fits(entry, query))
        .toSorted(order(query.sort));
    },
    async details(id) {
      const found = (await entries()).find(({ entry }) => entry.id === id);
      return found && { server: found.entry, readmeContent: readmeOf(await listings.entry(found.name)) };
    },
  };
}

interface Named {
  readonly name: string;
  readonly entry: McpHubEntry;
}

async function read(listings: Listings): Promise<readonly Named[]> {
  const all = await listings.all();
  const ids = mcpHubIds(all);
  const entries = await Promise.all(
    all.map(async ({ name }) => ({ name, entry: mcpHubEntry(await listings.entry(name), ids.get(name)!) })),
  );
  return entries.filter((named): named is Named => named.entry !== undefined);
}

/** As mcp-hub compares: the whole search text, in any case; category and tags to the letter. */
function fits({ name, description, tags, category }: McpHubEntry, query: McpHubQuery): boolean {
  const search = query.search?.toLowerCase() ?? "";
  return (
    [name, description, ...tags].some((text) => text.toLowerCase().includes(search)) &&
    (!query.category || category === query.category) &&
    (query.tags ?? []).every((tag) => tags.includes(tag))
  );
}

const order = (sort: string | undefined) => (a: McpHubEntry, b: McpHubEntry) =>
  (sort === "stars" ? b.stars - a.stars : sort === "name" ? 0 : b.lastCommit - a.lastCommit) || a.name.localeCompare(b.name, "en");
