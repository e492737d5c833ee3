import { listingOf, plain, type Listing } from "./listing.ts";
import { runtimeArguments } from "./runtime-arguments.ts";
import { ServerJson, listingKey, type Package, type RegistryEntry, type Remote } from "./server-json.ts";
import { argumentTemplate, keyValueTemplate, textTemplate, type ArgumentTemplate, type Ask, type Asks, type Template } from "./template.ts";

/** An entry of the marketplace in the words of the npm program mcp-hub, whose clients install it themselves. */
export interface McpHubEntry {
  /** Becomes the server's name. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly url: string;
  readonly license?: string;
  readonly category: string;
  readonly tags: readonly string[];
  readonly installations: readonly Installation[];
  readonly featured: boolean;
  readonly verified: boolean;
  readonly stars: number;
  /** Epoch seconds. */
  readonly lastCommit: number;
  readonly updatedAt: number;
}

interface Installation {
  readonly name: string;
  /** A server's configuration as JSON text, with `${KEY}` for each parameter. */
  readonly config: string;
  readonly prerequisites: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly transports: readonly string[];
}

interface Parameter {
  readonly name: string;
  readonly key: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly required: boolean;
}

/** An entry under an id of its own; undefined where nothing could be installed. */
export function mcpHubEntry(entry: RegistryEntry, id: string): McpHubEntry | undefined {
  const server = ServerJson.safeParse(entry.server).data;
  if (!server) return undefined;
  const installations = [
    ...(server.packages ?? []).map((item) => attempt(() => packageInstallation(item))),
    ...(server.remotes ?? []).map((remote) => attempt(() => remoteInstallation(remote))),
  ].filter((one) => one !== undefined);
  if (installations.length === 0) return undefined;
  const listing = listingOf(entry);
  const license = entry._meta?.[listingKey]?.license;
  const seconds = Math.floor(listing.updatedAt / 1000);
  return {
    id,
    name: listing.title,
    description: listing.description.slice(0, 400),
    author: listing.publisher,
    url: listing.repository ?? server.websiteUrl ?? "",
    ...(license !== undefined && { license: plain(license) }),
    category: listing.category,
    tags: listing.tags,
    installations,
    featured: false,
    verified: listing.source === "official",
    stars: listing.stars ?? 0,
    lastCommit: seconds,
    updatedAt: seconds,
  };
}

/** Short ids where they are clear, the whole name where two servers would share one; always letters, digits and `_`. */
export function mcpHubIds(listings: readonly Listing[]): Map<string, string> {
  const short = (name: string) => clean(name.split("/")[1]!);
  const counts = new Map<string, number>();
  for (const { name } of listings) counts.set(short(name), (counts.get(short(name)) ?? 0) + 1);
  return new Map(listings.map(({ name }) => [name, counts.get(short(name)) === 1 && short(name).length >= 3 ? short(name) : clean(name)]));
}

const clean = (text: string) => text.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "");

/** A way that is hostile or unknown is left out, the others stay. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

const programs: Readonly<Record<string, { readonly name: string; readonly prerequisite: string; readonly argv: readonly string[] }>> = {
  npm: { name: "NPX", prerequisite: "Node.js", argv: ["npx", "-y"] },
  pypi: { name: "UVX", prerequisite: "uv", argv: ["uvx"] },
  oci: { name: "Docker", prerequisite: "Docker", argv: ["docker", "run", "-i", "--rm"] },
};

function packageInstallation(item: Package): Installation | undefined {
  const { registryType: kind, identifier, version } = item;
  const program = programs[kind];
  const isStdio = item.transport === undefined || item.transport.type === "stdio";
  if (!program || !isStdio || !/^[\w@][\w@./:-]*$/.test(identifier)) return undefined;
  const asks: Asks = new Map();
  const variables = item.environmentVariables ?? [];
  const env = Object.fromEntries(variables.map((variable) => [variable.name, shown(keyValueTemplate(variable, "env", asks))]));
  const runner = runtimeArguments(kind as "npm" | "pypi" | "oci", item.runtimeArguments ?? [], asks).flatMap(shownArgument);
  const args = (item.packageArguments ?? []).flatMap((argument) => shownArgument(argumentTemplate(argument, asks)));
  const target = version === undefined || kind === "oci" ? identifier : `${identifier}@${version}`;
  const names = kind === "oci" ? variables.flatMap(({ name }) => ["-e", name]) : [];
  const [command, ...rest] = [...program.argv, ...names, ...runner, target, ...args];
  const config = { command, args: rest, ...(variables.length > 0 && { env }) };
  return installation(program.name, config, { asks, prerequisites: [program.prerequisite], transports: ["stdio"] });
}

function remoteInstallation(remote: Remote): Installation | undefined {
  if (!remote.url.startsWith("https://")) return undefined;
  const asks: Asks = new Map();
  const url = shown(textTemplate(remote.url, remote.variables ?? {}, { place: "url", asks }));
  const headers = Object.fromEntries(
    (remote.headers ?? []).map((header) => [header.name, shown(keyValueTemplate(header, "header", asks))]),
  );
  const config = { url, ...(Object.keys(headers).length > 0 && { headers }) };
  return installation("Remote", config, { asks, prerequisites: [], transports: [remote.type === "sse" ? "sse" : "streamable-http"] });
}

function installation(
  name: string,
  config: object,
  { asks, prerequisites, transports }: { readonly asks: Asks; readonly prerequisites: string[]; readonly transports: string[] },
): Installation {
  const parameters = [...asks.values()].map((ask): Parameter => ({
    name: ask.key,
    key: parameterKey(ask.key),
    ...(ask.description !== undefined && { description: ask.description }),
    ...(placeholderOf(ask) !== undefined && { placeholder: placeholderOf(ask) }),
    required: ask.required,
  }));
  return { name, config: JSON.stringify({ ...config }, undefined, 2), prerequisites, parameters, transports };
}

const placeholderOf = ({ placeholder, default: preset, choices }: Ask) => placeholder ?? preset ?? choices?.join(" | ");
const parameterKey = (key: string) => key.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
const shown = (template: Template) =>
  template.map((piece) => (typeof piece === "string" ? piece : `\${${parameterKey(piece.ask)}}`)).join("");
const shownArgument = ({ flag, value }: ArgumentTemplate) => [
  ...(flag === undefined ? [] : [flag]),
  ...(value === undefined ? [] : [shown(value)]),
];
