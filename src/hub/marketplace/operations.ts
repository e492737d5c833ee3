import { z } from "zod";
import { HubError } from "../kernel/errors.ts";
import { defineOperation, type Context } from "../kernel/operation.ts";
import { pageInput, pageOf } from "../kernel/pagination.ts";
import "./area.ts";
import { installedOf, resultOf } from "./describe.ts";
import { Listing, listingOf } from "./listing.ts";
import { readmeOf } from "./readme.ts";
import { InstallResult, Installed, Name, Plan, ServerKey, UpdateDiff, givenInput, planInput } from "./schema.ts";
import { searchListings, sorts } from "./search.ts";
import { statuses } from "./server-json.ts";

const Count = z.object({ name: z.string(), servers: z.int() });
const consent = z.string().max(64).optional().describe("The consent of the plan, once somebody has agreed to it");
const hold = z.boolean().default(false).describe("Leave it disabled after its tools were listed, to be looked at first");

export const search = defineOperation({
  summary: "Search the servers that can be installed",
  http: "GET /marketplace/servers",
  scope: "marketplace:read",
  audit: "none",
  positional: ["query"],
  annotations: { readOnlyHint: true },
  input: z.object({
    query: z.string().max(400).optional().describe("Words that must all occur"),
    category: z.string().optional().describe("Only this category"),
    tags: z.array(z.string()).optional().describe("Only servers with all of these tags"),
    sort: z.enum(sorts).optional().describe("Default: by how well they fit, without a query the newest first"),
    ...pageInput,
    limit: pageInput.limit.default(25),
  }),
  output: pageOf(Listing).extend({ total: z.int() }),
  async run({ query, category, tags, sort, limit, cursor }, { marketplace }) {
    const found = searchListings(await marketplace.listings.all(), { words: query, category, tags, sort });
    const from = cursor === undefined ? 0 : found.findIndex(({ name }) => name === cursor) + 1;
    const items = found.slice(from, from + limit);
    return { items, total: found.length, ...(from + limit < found.length && { nextCursor: items.at(-1)?.name }) };
  },
});

export const categories = defineOperation({
  summary: "List the categories and the most frequent tags",
  http: "GET /marketplace/categories",
  scope: "marketplace:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({}),
  output: z.object({ items: z.array(Count), tags: z.array(Count) }),
  async run(_, { marketplace }) {
    const all = await marketplace.listings.all();
    const count = (names: readonly string[]) =>
      [...Map.groupBy(names, (name) => name)]
        .map(([name, group]) => ({ name, servers: group.length }))
        .toSorted((a, b) => b.servers - a.servers || (a.name < b.name ? -1 : 1));
    return { items: count(all.map(({ category }) => category)), tags: count(all.flatMap(({ tags }) => tags)).slice(0, 100) };
  },
});

export const show = defineOperation({
  summary: "Show one server of the marketplace: how it is installed, what it asks for, its page",
  http: "GET /marketplace/servers/{name}",
  scope: "marketplace:read",
  audit: "none",
  positional: ["name"],
  annotations: { readOnlyHint: true },
  input: z.object({ name: Name, version: z.string().max(255).optional().describe("Default: the newest") }),
  output: Listing.extend({
    server: z.record(z.string(), z.unknown()).describe("server.json, as its publisher wrote it"),
    versions: z.array(z.object({ version: z.string(), status: z.enum(statuses), publishedAt: z.int() })),
    readme: z.string(),
  }),
  async run({ name, version }, { marketplace: { listings } }) {
    const listing = await listings.find(name);
    if (!listing)
      throw new HubError("NOT_FOUND", `The marketplace has no server ${name}`, { hint: "Look for it with `hubctl marketplace search`" });
    const entry = await listings.entry(listing.name, version);
    const versions = (await listings.versions(listing.name)).map(({ version, status, publishedAt }) => ({ version, status, publishedAt }));
    return { ...listingOf(entry), server: entry.server, versions, readme: readmeOf(entry) };
  },
});

export const plan = defineOperation({
  summary: "Say exactly what an installation would run and reach, and what it asks for",
  description: "Nothing is written and nothing of the server's runs; its package's registry is asked for the version and its hash.",
  http: "POST /marketplace/plan",
  scope: "marketplace:write",
  audit: "none",
  positional: ["name"],
  annotations: { idempotentHint: true },
  input: z.object(planInput),
  output: Plan,
  run: async (input, { marketplace }) => (await marketplace.plan(input)).plan,
});

export const install = defineOperation({
  summary: "Install a server: write it into the configuration, start it, list its tools, enable it",
  description: "Needs the consent that the plan of this very installation names. What fails after the configuration was written is undone.",
  http: "POST /marketplace/install",
  scope: "marketplace:admin",
  audit: "write",
  positional: ["name"],
  annotations: { destructiveHint: true },
  input: z.object({ ...planInput, consent, ...givenInput, hold }),
  output: InstallResult,
  run: async ({ consent, inputs, secrets, hold, ...query }, context) =>
    resultOf(await context.marketplace.install(query, { consent, inputs, secrets, hold, ...said(context) })),
});

export const update = defineOperation({
  summary: "Update an installed server, or say what an update would change",
  description:
    "Without consent nothing changes: the answer has the plan, its consent and the difference. What was given at installation is kept.",
  http: "POST /marketplace/installed/{server}/update",
  scope: "marketplace:admin",
  audit: "write",
  positional: ["server"],
  annotations: { destructiveHint: true },
  input: z.object({ server: ServerKey, version: planInput.version, consent, ...givenInput, hold }),
  output: z.object({ updated: z.boolean(), diff: UpdateDiff, plan: Plan, result: InstallResult.optional() }),
  async run({ server, version, consent, ...given }, context) {
    const { prepared, diff, outcome } = await context.marketplace.update(server, version, { consent, ...given, ...said(context) });
    return { updated: outcome !== undefined, diff, plan: prepared.plan, result: outcome && resultOf(outcome) };
  },
});

export const uninstall = defineOperation({
  summary: "Stop an installed server and take it out of the configuration",
  http: "DELETE /marketplace/installed/{server}",
  scope: "marketplace:admin",
  audit: "write",
  positional: ["server"],
  annotations: { destructiveHint: true },
  input: z.object({ server: ServerKey, forget: z.boolean().default(false).describe("Delete its secrets as well") }),
  output: z.object({
    server: z.string(),
    name: z.string(),
    file: z.string(),
    backup: z.string().optional(),
    keptSecrets: z.array(z.string()),
  }),
  async run({ server, forget }, { marketplace, principal }) {
    const { record, backup, keptSecrets } = await marketplace.uninstall(server, { tenant: principal.tenant, secrets: forget });
    return { server, name: record.name, file: record.file, backup, keptSecrets: [...keptSecrets] };
  },
});

export const installed = defineOperation({
  summary: "List what was installed from the marketplace",
  http: "GET /marketplace/installed",
  scope: "marketplace:read",
  audit: "none",
  annotations: { readOnlyHint: true },
  input: z.object({}),
  output: z.object({ items: z.array(Installed) }),
  async run(_, { marketplace, principal }) {
    const records = await marketplace.installed(principal.tenant);
    return { items: await Promise.all(records.map((record) => installedOf(record, marketplace.listings))) };
  },
});

export const sync = defineOperation({
  summary: "Ask the registry what changed since the lists this hub has",
  http: "POST /marketplace/sync",
  scope: "marketplace:write",
  audit: "write",
  annotations: { idempotentHint: true },
  input: z.object({}),
  output: z.object({
    received: z.int(),
    skipped: z.int().describe("Entries that are none"),
    complete: z.boolean().describe("False when the registry has more; ask again"),
    withdrawn: z.array(z.string()),
  }),
  async run(_, { marketplace, signal }) {
    const result = await marketplace.sync(signal);
    if (result) return { ...result, withdrawn: [...result.withdrawn] };
    throw new HubError("CONFLICT", "Another hub is asking the registry right now", { hint: "Wait until it is through" });
  },
});

function said({ principal, progress }: Context) {
  let step = 0;
  return { tenant: principal.tenant, progress: (message: string) => progress({ progress: ++step, total: 4, message }) };
}
