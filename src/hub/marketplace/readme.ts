import { plain } from "./listing.ts";
import { listingKey, ServerJson, type KeyValue, type Package, type RegistryEntry } from "./server-json.ts";

/** What the lists say of a server, as a page: there without a network, and without anything a repository could slip in. */
export function readmeOf({ server, _meta }: RegistryEntry): string {
  const { tools = [], examples = [] } = _meta?.[listingKey] ?? {};
  const { packages, remotes, websiteUrl, repository } = ServerJson.safeParse(server).data ?? {};
  const sections = [
    `# ${plain(server.title ?? server.name)}`,
    plain(server.description),
    section("Install", [...(packages ?? []).map(packageLine), ...(remotes ?? []).map(({ url }) => `- remote: ${plain(url)}`)]),
    section("Asks for", (packages ?? []).flatMap(({ environmentVariables }) => environmentVariables ?? []).map(variableLine)),
    section(
      "Tools",
      tools.map(({ name, description }) => described(`\`${plain(name)}\``, description)),
    ),
    section(
      "Try",
      examples.map((example) => `- ${plain(example)}`),
    ),
    section("More", [websiteUrl, repository?.url].flatMap(link)),
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}

const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? "" : `## ${title}\n\n${[...new Set(lines)].join("\n")}`);

const described = (what: string, text: string | undefined) => `- ${what}${text ? `: ${plain(text)}` : ""}`;

const packageLine = ({ registryType, identifier, version }: Package) =>
  `- ${plain(registryType)}: \`${plain(identifier)}\`${version ? ` ${plain(version)}` : ""}`;

const variableLine = ({ name, description, isRequired }: KeyValue) =>
  described(`\`${plain(name)}\`${isRequired ? " (required)" : ""}`, description);

const link = (url: string | undefined) => (url && /^https?:\/\//.test(url) ? [`- ${plain(url)}`] : []);
