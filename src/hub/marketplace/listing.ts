import { z } from "zod";
import { listingKey, officialKey, statuses, type RegistryEntry } from "./server-json.ts";

/** A server in a list of servers. */
export const Listing = z.object({
  name: z.string().describe("Name in the registry"),
  title: z.string(),
  description: z.string(),
  version: z.string().describe("Newest version the list knows; 0.0.0 where it names none"),
  publisher: z.string().describe("Who may publish under this name"),
  source: z.string().describe("Which list it comes from"),
  category: z.string(),
  tags: z.array(z.string()),
  ways: z.array(z.string()).describe("How it can be installed: npm, pypi, oci, mcpb, remote"),
  status: z.enum(statuses),
  statusMessage: z.string().optional(),
  stars: z.int().optional(),
  updatedAt: z.int().describe("Epoch ms"),
  repository: z.string().optional(),
});
export type Listing = z.infer<typeof Listing>;

/** What lists, searches and pages show of an entry. */
export function listingOf({ server, _meta }: RegistryEntry): Listing {
  const { status = "active", statusMessage, updatedAt }: Partial<Official> = _meta?.[officialKey] ?? {};
  const { source = "official", author, category = "other", tags = [], updatedAt: listedAt }: Partial<Listed> = _meta?.[listingKey] ?? {};
  return {
    name: server.name,
    title: plain(server.title ?? server.name.split("/")[1]!),
    description: plain(server.description),
    version: server.version,
    publisher: publisherOf(server.name, author),
    source,
    category,
    tags,
    ways: waysOf(server),
    status,
    statusMessage: statusMessage && plain(statusMessage),
    updatedAt: timeOf(updatedAt ?? listedAt),
    repository: repositoryOf(server["repository"]),
  };
}

type Meta = NonNullable<RegistryEntry["_meta"]>;
type Official = NonNullable<Meta[typeof officialKey]>;
type Listed = NonNullable<Meta[typeof listingKey]>;

function repositoryOf(repository: unknown): string | undefined {
  const url = (repository as { readonly url?: unknown } | undefined)?.url;
  return typeof url === "string" && /^https?:\/\//.test(url) ? url : undefined;
}

/** The registry proves the namespace: `io.github.<user>` by a sign-in at GitHub, any other by its DNS name. */
function publisherOf(name: string, author: string | undefined): string {
  if (author !== undefined) return plain(author);
  const namespace = name.split("/")[0]!;
  if (namespace.startsWith("io.github.")) return `github.com/${namespace.slice("io.github.".length)}`;
  return namespace.split(".").toReversed().join(".");
}

const waysOf = (server: Readonly<Record<string, unknown>>): string[] => {
  const kinds = listOf(server["packages"]).map((item) => item["registryType"]);
  const all = [...kinds, ...(listOf(server["remotes"]).length > 0 ? ["remote"] : [])];
  return [...new Set(all.filter((kind): kind is string => typeof kind === "string"))];
};

const listOf = (value: unknown) =>
  Array.isArray(value) ? value.filter((item): item is Record<string, unknown> => typeof item === "object" && item !== null) : [];

export const timeOf = (text: string | undefined): number => (text === undefined ? 0 : Math.max(0, Math.trunc(Date.parse(text))) || 0);

/** Controls, direction marks, zero-width and tag characters hide or fake what is read; publishers have no use for them. */
export const plain = (text: string): string =>
  text
    .replace(/[\p{Cc}\u00AD\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
