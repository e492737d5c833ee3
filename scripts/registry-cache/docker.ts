import { given, listingKey, short, slug, soundsLikePath, soundsSecret, type Entry } from "./entry.ts";

interface Server {
  readonly name: string;
  readonly image?: string;
  readonly type: string;
  readonly meta: { readonly category?: string; readonly tags?: readonly string[] };
  readonly about: { readonly title?: string; readonly description?: string };
  readonly source?: { readonly project?: string };
  readonly run?: Readonly<Record<string, unknown>> & { readonly command?: readonly string[] };
  readonly config?: {
    readonly secrets?: readonly {
      readonly name: string;
      readonly env?: string;
      readonly description?: string;
      readonly example?: unknown;
    }[];
    readonly env?: readonly { readonly name: string; readonly value?: unknown; readonly example?: unknown }[];
    readonly parameters?: { readonly properties?: Readonly<Record<string, Parameter>>; readonly required?: readonly string[] };
  };
  readonly remote?: { readonly transport_type?: string; readonly url?: string; readonly headers?: Readonly<Record<string, string>> };
  readonly tools?: readonly { readonly name: string; readonly description?: string }[];
}

interface Parameter {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
}

const date = "2026-07-08T00:00:00Z";

/** Containers and remote servers; a container that wants volumes or ports is listed without a way to install it. */
export const fromDocker = (data: unknown): Entry[] =>
  (data as { servers: readonly Server[] }).servers
    .filter(({ type }) => type !== "poci")
    .map((server) => ({
      server: {
        name: `com.docker.mcp/${server.name.replace(/[^A-Za-z0-9._-]/g, "-")}`,
        title: server.about.title ?? server.name,
        description: short(server.about.description ?? "", 400),
        version: "0.0.0",
        ...given("repository", server.source?.project && { url: server.source.project, source: "github" }),
        ...given("packages", packagesOf(server)),
        ...given("remotes", remotesOf(server)),
      },
      _meta: {
        [listingKey]: {
          source: "docker" as const,
          updatedAt: date,
          author: "Docker",
          ...given("category", server.meta.category && slug(server.meta.category)),
          ...given("tags", server.meta.tags?.map((tag) => slug(tag)).slice(0, 12)),
          ...given(
            "tools",
            server.tools?.map((tool) => ({ name: tool.name, description: short(tool.description ?? "", 200) })),
          ),
        },
      },
    }));

const hole = /^\{\{([\w.-]+)\}\}$/;

function packagesOf({ image, run = {}, config = {} }: Server): object[] {
  const isPlain = Object.keys(run).every((key) => key === "command" || key === "disableNetwork" || key === "env");
  const command = run.command ?? [];
  if (!image || !isPlain || command.some((text) => text.includes("{{"))) return [];
  const secrets = (config.secrets ?? []).flatMap(({ env, description, example }) =>
    env
      ? [{ name: env, isSecret: true, isRequired: true, ...given("description", description), ...given("placeholder", text(example)) }]
      : [],
  );
  const variables = (config.env ?? []).map((variable) => variableOf(variable, config));
  return [
    {
      registryType: "oci",
      identifier: image.includes("/") && image.split("/")[0]!.includes(".") ? image : `docker.io/${image}`,
      transport: { type: "stdio" },
      ...(run["disableNetwork"] === true && { runtimeArguments: [{ type: "named", name: "--network", value: "none" }] }),
      ...given(
        "packageArguments",
        command.map((value) => ({ type: "positional", value })),
      ),
      ...given("environmentVariables", [...secrets, ...variables]),
    },
  ];
}

type Config = NonNullable<Server["config"]>;

function variableOf({ name, value, example }: NonNullable<Config["env"]>[number], { parameters }: Config): object {
  const written = String(value);
  const parameter = hole.exec(written)?.[1]?.split(".").at(-1);
  if (parameter === undefined) return written.includes("{{") ? { name } : { name, value: written };
  const { properties = {}, required = [] } = parameters ?? {};
  const { description, default: preset }: Parameter = properties[parameter] ?? {};
  return {
    name,
    ...given("description", description),
    ...given("default", text(preset)),
    ...given("placeholder", text(example)),
    ...(required.includes(parameter) && { isRequired: true }),
    ...(soundsSecret(name) && { isSecret: true }),
    ...(soundsLikePath(name) && { format: "filepath" }),
  };
}

function remotesOf({ remote, config }: Server): object[] {
  if (!remote?.url) return [];
  const headers = Object.entries(remote.headers ?? {}).map(([name, value]) => {
    const variable = /\$\{(\w+)\}/.exec(value)?.[1];
    if (variable === undefined) return { name, value };
    const { description } = config?.secrets?.find(({ env }) => env === variable) ?? {};
    return {
      name,
      value: value.replace(`\${${variable}}`, `{${variable}}`),
      variables: { [variable]: { isSecret: true, isRequired: true, ...given("description", description) } },
    };
  });
  return [{ type: remote.transport_type === "sse" ? "sse" : "streamable-http", url: remote.url, ...given("headers", headers) }];
}

const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
