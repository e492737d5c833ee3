import { given, listingKey, short, slug, soundsLikePath, soundsSecret, type Entry } from "./entry.ts";

interface Server {
  readonly name: string;
  readonly display_name?: string;
  readonly description?: string;
  readonly repository?: { readonly url?: string };
  readonly homepage?: string;
  readonly author?: { readonly name?: string };
  readonly license?: string;
  readonly categories?: readonly string[];
  readonly tags?: readonly string[];
  readonly installations: Readonly<Record<string, Installation>>;
  readonly arguments?: Readonly<Record<string, Described>>;
  readonly tools?: readonly { readonly name: string; readonly description?: string }[];
  readonly examples?: readonly { readonly prompt?: string }[];
}

interface Installation {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, unknown>>;
  readonly url?: string;
}

interface Described {
  readonly description?: string;
  readonly required?: boolean;
  readonly example?: string;
}

const date = "2026-03-27T00:00:00Z";

/** Servers that run from npm or PyPI, or are reached by URL; whatever else the list says of an installation is prose. */
export const fromMcpm = (data: unknown): Entry[] =>
  Object.values((data as { servers: Record<string, Server> }).servers).map((server) => ({
    server: {
      name: `sh.mcpm/${server.name.replace(/[^A-Za-z0-9._-]/g, "-")}`,
      title: server.display_name ?? server.name,
      description: short(server.description ?? "", 400),
      version: "0.0.0",
      ...given("repository", server.repository?.url && { url: server.repository.url, source: "github" }),
      ...given("websiteUrl", server.homepage),
      ...given(
        "packages",
        Object.values(server.installations)
          .flatMap((way) => packageOf(way, server))
          .slice(0, 2),
      ),
      ...given(
        "remotes",
        Object.values(server.installations).flatMap((way) => remoteOf(way)),
      ),
    },
    _meta: {
      [listingKey]: {
        source: "mcpm",
        updatedAt: date,
        ...given("author", server.author?.name),
        ...given("license", server.license),
        ...given("category", server.categories?.[0] && slug(server.categories[0])),
        ...given("tags", server.tags?.map((tag) => slug(tag)).slice(0, 12)),
        ...given(
          "tools",
          server.tools?.map((tool) => ({ name: tool.name, description: short(tool.description ?? "", 200) })),
        ),
        ...given("examples", server.examples?.flatMap(({ prompt }) => (prompt ? [short(prompt, 200)] : [])).slice(0, 3)),
      },
    },
  }));

const npmName = /^((?:@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*)(?:@([\w.+-]+))?$/;
const pypiName = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:(?:==|@)([\w.+-]+))?$/;

const kinds: Readonly<Record<string, "npm" | "pypi">> = { npx: "npm", uvx: "pypi" };

/** `npx -y package …` means the same as `npx package …`. */
const withoutYes = (args: readonly string[] = []) => args.slice(args[0] === "-y" || args[0] === "--yes" ? 1 : 0);

function packageOf({ command = "", args, env = {} }: Installation, server: Server): object[] {
  const kind = kinds[command];
  const [spec = "", ...rest] = withoutYes(args);
  const [, identifier, version] = (kind === "npm" ? npmName : pypiName).exec(spec) ?? [];
  if (!kind || !identifier || ["run", "deno"].includes(identifier)) return [];
  return [
    {
      registryType: kind,
      identifier,
      ...given("version", version !== undefined && /^\d/.test(version) ? version : undefined),
      transport: { type: "stdio" },
      ...given("packageArguments", argumentsOf(rest, server)),
      ...given("environmentVariables", variablesOf(env, server)),
    },
  ];
}

const hole = /\$\{([A-Za-z0-9_]+)\}/g;

function argumentsOf(args: readonly string[], server: Server): object[] {
  const correction = corrections[server.name];
  if (correction) return [...correction];
  return args.map((text) => {
    const names = [...text.matchAll(hole)].map((match) => match[1]!);
    if (names.length === 0) return { type: "positional", value: text };
    if (text === `\${${names[0]}}`) return { type: "positional", valueHint: names[0]!.toLowerCase(), ...inputOf(names[0]!, server) };
    return {
      type: "positional",
      value: text.replace(hole, "{$1}"),
      variables: Object.fromEntries(names.map((name) => [name, inputOf(name, server)])),
    };
  });
}

function variablesOf(env: Readonly<Record<string, unknown>>, server: Server): object[] {
  return Object.entries(env).map(([name, text]) => {
    const holes = [...String(text).matchAll(hole)].map((match) => match[1]!);
    if (holes.length === 0) return { name, value: String(text) };
    return { name, ...inputOf(holes[0]!, server), ...(soundsSecret(name) && { isSecret: true }) };
  });
}

function inputOf(name: string, { arguments: described = {} }: Server): object {
  const { description, required = true, example } = described[name] ?? {};
  return {
    ...given("description", description),
    isRequired: required,
    ...(soundsSecret(name) && { isSecret: true }),
    ...(soundsLikePath(name) && { format: "filepath" }),
    ...given("placeholder", example),
  };
}

function remoteOf({ url }: Installation): object[] {
  return url?.startsWith("https://") ? [{ type: url.endsWith("/sse") ? "sse" : "streamable-http", url }] : [];
}

/** Where the list asks for exactly two directories, the server's own documentation takes any number of them. */
const corrections: Readonly<Record<string, readonly object[]>> = {
  filesystem: [
    {
      type: "positional",
      valueHint: "directory",
      description: "A directory the server may read and write; give it again for each further one",
      isRequired: true,
      isRepeated: true,
      format: "filepath",
      placeholder: "/home/user/projects",
    },
  ],
};
