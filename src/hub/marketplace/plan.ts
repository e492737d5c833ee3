import { createHash } from "node:crypto";
import { join } from "node:path";
import { HubError } from "../kernel/errors.ts";
import { readBundle, type Bundle } from "./bundle.ts";
import { argvTemplate, templateText, type Launch } from "./launch.ts";
import { listingOf } from "./listing.ts";
import { pinNpm } from "./pin-npm.ts";
import { pinOci } from "./pin-oci.ts";
import { pinPypi, type PypiDeps } from "./pin-pypi.ts";
import { originOf, type Pinned } from "./pinned.ts";
import type { Tools } from "./run-tool.ts";
import { runtimeArguments } from "./runtime-arguments.ts";
import type { Permissions, Plan } from "./schema.ts";
import { ServerJson, type Package, type RegistryEntry, type Remote } from "./server-json.ts";
import { argumentTemplate, hostile, keyValueTemplate, textTemplate, type Ask, type Asks, type Template } from "./template.ts";
import { waysOf, type Way } from "./ways.ts";

export interface PlanDeps {
  readonly tools: Tools;
  readonly pypi: PypiDeps;
  /** Bytes from somebody's address, through the egress gate. */
  readonly download: (url: string) => Promise<Uint8Array>;
  /** Variables by which whoever sets them chooses what code runs. */
  readonly isDangerousVariable: (name: string) => boolean;
  /** Where bundles are unpacked. */
  readonly bundles: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

export interface PlanRequest {
  readonly entry: RegistryEntry;
  readonly way: string | undefined;
  /** Of the package, where the entry names none or the person wants another. */
  readonly packageVersion: string | undefined;
  readonly server: string;
  readonly file: string;
}

/** A plan, and what the installation needs of it. */
export interface Prepared {
  readonly plan: Plan;
  readonly launch: Launch;
  readonly asks: readonly Ask[];
  readonly bundle?: Bundle & { readonly directory: string };
  readonly repositoryId: string | undefined;
}

/** Works out exactly what would be run; nothing is written, and nothing of the server's runs. */
export async function preparePlan(deps: PlanDeps, request: PlanRequest): Promise<Prepared> {
  const { entry, server, file } = request;
  const parsed = ServerJson.safeParse(entry.server);
  if (!parsed.success)
    throw new HubError("VALIDATION", `The registry's entry of ${entry.server.name} is not as it should be`, { hint: "Tell its publisher" });
  const listing = listingOf(entry);
  if (listing.status === "deleted")
    throw new HubError("FORBIDDEN", `${listing.name} ${listing.version} was withdrawn from the registry`, {
      hint: listing.statusMessage ?? "Look for another server",
    });
  const ways = await waysOf(parsed.data, deps.tools);
  const way = choose(ways, request.way, listing.name);
  const asks: Asks = new Map();
  const { launch, pinned, bundle } = await prepareLaunch(deps, { way, asks, packageVersion: request.packageVersion });
  const permissions = permissionsOf(launch, pinned);
  const version = pinned && listing.version === "0.0.0" ? pinned.version : listing.version;
  const plan = {
    name: listing.name,
    title: listing.title,
    description: listing.description,
    publisher: listing.publisher,
    source: listing.source,
    repository: listing.repository,
    version,
    server,
    file,
    way: way.id,
    ways: ways.map(({ id, problem }) => ({ way: id, problem })),
    ...(way.package &&
      pinned && { package: { type: way.kind, identifier: way.package.identifier, version: pinned.version, integrity: pinned.integrity } }),
    permissions,
    asks: [...asks.values()].map(({ place: _, ...ask }) => ask),
    warnings: [...warningsOf(listing.status, listing.statusMessage, listing.source), ...(pinned?.warnings ?? [])],
  };
  return {
    plan: { ...plan, consent: digest(plan) },
    launch,
    asks: [...asks.values()],
    ...(bundle && { bundle }),
    repositoryId: parsed.data.repository?.id,
  };
}

/** Changes with everything a person is asked to agree to. */
const digest = ({ name, version, server, file, way, package: pack, permissions, publisher, asks }: Omit<Plan, "consent">): string =>
  createHash("sha256")
    .update(
      JSON.stringify({
        name,
        version,
        server,
        file,
        way,
        pack,
        permissions,
        publisher,
        asks: asks.map(({ key, secret }) => [key, secret]),
      }),
    )
    .digest("base64url")
    .slice(0, 24);

const warningsOf = (status: string, message: string | undefined, source: string) => [
  ...(status === "deprecated" ? [`Its publisher no longer recommends it${message ? `: ${message}` : ""}`] : []),
  ...(source === "official" ? [] : [`It is listed by ${source}; nobody has proven that the publisher of the package is the one named`]),
];

function choose(ways: readonly Way[], wanted: string | undefined, name: string): Way {
  const usable = ways.find(({ id, problem }) => (wanted === undefined ? problem === undefined : id === wanted));
  if (usable && usable.problem === undefined) return usable;
  if (wanted !== undefined && !usable)
    throw new HubError("NOT_FOUND", `${name} cannot be had by ${wanted}`, {
      hint: `It offers ${ways.map(({ id }) => id).join(", ") || "nothing that can be installed"}`,
    });
  const problems = ways.map(({ id, problem }) => `${id}: ${problem}`).join("; ");
  throw new HubError(
    "CONFLICT",
    ways.length === 0 ? `${name} says of no way to install it` : `${name} cannot be installed on this machine: ${problems}`,
    {
      hint:
        ways.length === 0 ? "See its page, and write it into the configuration by hand" : "Install what is missing, or pick another server",
      details: { ways: ways.map(({ id, problem }) => ({ way: id, problem })) },
    },
  );
}

interface Preparation {
  readonly way: Way;
  readonly asks: Asks;
  readonly packageVersion: string | undefined;
}

interface PreparedLaunch {
  readonly launch: Launch;
  readonly pinned?: Pinned;
  readonly bundle?: Bundle & { readonly directory: string };
}

async function prepareLaunch(deps: PlanDeps, { way, asks, packageVersion }: Preparation): Promise<PreparedLaunch> {
  if (way.remote) return { launch: remoteLaunch(way.remote, asks) };
  const item = { ...way.package!, ...(packageVersion !== undefined && { version: packageVersion }) };
  if (way.kind === "mcpb") return prepareBundle(deps, item, asks);
  return way.kind === "oci"
    ? prepareImage(deps, { item, engine: way.runner!, asks })
    : preparePackage(deps, { item, isNpm: way.kind === "npm", asks });
}

async function prepareImage(
  deps: PlanDeps,
  { item, engine, asks }: { readonly item: Package; readonly engine: string; readonly asks: Asks },
): Promise<PreparedLaunch> {
  const env = envOf(deps, item, asks);
  const pinned = await pinOci(deps.tools, engine, item);
  // The engine takes the values from its own environment, so that they stand in no argument list.
  const names = Object.keys(env).flatMap((name) => ["-e", name]);
  const launch: Launch = {
    kind: "local",
    command: [engine, "run", "-i", "--rm", ...names],
    runnerArgs: runtimeArguments("oci", item.runtimeArguments ?? [], asks),
    target: [pinned.reference],
    args: argumentsOf(item, asks),
    env,
    inherit: deps.tools.inherited(/^(DOCKER_|CONTAINER_|XDG_RUNTIME)/),
  };
  return { pinned, launch };
}

async function preparePackage(
  deps: PlanDeps,
  { item, isNpm, asks }: { readonly item: Package; readonly isNpm: boolean; readonly asks: Asks },
): Promise<PreparedLaunch> {
  const env = envOf(deps, item, asks);
  const runnerArgs = runtimeArguments(isNpm ? "npm" : "pypi", item.runtimeArguments ?? [], asks);
  const pinned = await (isNpm ? pinNpm(deps.tools, item.identifier, item.version) : pinPypi(deps.pypi, item.identifier, item.version));
  const launch: Launch = {
    kind: "local",
    command: isNpm ? ["npx", "-y"] : ["uvx"],
    runnerArgs,
    target: [`${item.identifier}@${pinned.version}`],
    args: argumentsOf(item, asks),
    env,
    inherit: deps.tools.inherited(isNpm ? /^npm_config_/i : /^(UV_|PIP_)/),
  };
  return { pinned, launch };
}

const argumentsOf = ({ packageArguments }: Package, asks: Asks) =>
  (packageArguments ?? []).map((argument) => argumentTemplate(argument, asks));

async function prepareBundle(deps: PlanDeps, item: Package, asks: Asks): Promise<PreparedLaunch> {
  if (!item.identifier.startsWith("https://")) throw hostile("its bundle is not at an https address");
  const sha256 = item.fileSha256!;
  const directory = join(deps.bundles, sha256);
  const bytes = await deps.download(item.identifier);
  const { home, platform } = deps;
  const bundle = await readBundle(bytes, { sha256, directory, home, platform, asks });
  for (const name of Object.keys(bundle.launch.env)) checkVariable(deps, name);
  if (bundle.runtime !== undefined && !deps.tools.has(bundle.runtime))
    throw new HubError("CONFLICT", `The bundle runs with ${bundle.runtime}, which this machine does not have`, {
      hint: `Install ${bundle.runtime}`,
    });
  const pinned = {
    version: bundle.version,
    integrity: `sha256-${Buffer.from(sha256, "hex").toString("base64")}`,
    download: originOf(item.identifier),
    warnings: [],
  };
  return { launch: bundle.launch, pinned, bundle: { ...bundle, directory } };
}

function envOf(deps: PlanDeps, item: Package, asks: Asks): Record<string, Template> {
  return Object.fromEntries(
    (item.environmentVariables ?? []).map((variable) => {
      checkVariable(deps, variable.name);
      return [variable.name, keyValueTemplate(variable, "env", asks)];
    }),
  );
}

function checkVariable({ isDangerousVariable }: PlanDeps, name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw hostile(`a variable is called ${JSON.stringify(name.slice(0, 40))}`);
  if (isDangerousVariable(name)) throw hostile(`it sets ${name}, which can make a program run other code`);
}

function remoteLaunch(remote: Remote, asks: Asks): Launch {
  const url = textTemplate(remote.url, remote.variables ?? {}, { place: "url", asks });
  const shown = URL.parse(templateText(url).replace(/\{[^{}]+\}/g, "x"));
  if (shown?.protocol !== "https:" || shown.username !== "" || shown.password !== "")
    throw hostile(`its address ${remote.url.slice(0, 80)} is no https address`);
  if (typeof url[0] !== "string" || !/^https:\/\/[^/{}]+/.test(url[0])) throw hostile("its address leaves the host open");
  const headers = Object.fromEntries(
    (remote.headers ?? []).map((header) => {
      if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(header.name))
        throw hostile(`a header is called ${JSON.stringify(header.name.slice(0, 40))}`);
      return [header.name, keyValueTemplate(header, "header", asks)];
    }),
  );
  return { kind: "remote", url, transport: remote.type === "sse" ? "sse" : "http", headers };
}

function permissionsOf(launch: Launch, pinned: Pinned | undefined): Permissions {
  const download = pinned?.download === undefined ? [] : [pinned.download];
  if (launch.kind === "local")
    return {
      argv: argvTemplate(launch),
      env: [...Object.keys(launch.env), ...launch.inherit],
      headers: [],
      origins: download,
      unrestricted: true,
    };
  const url = templateText(launch.url);
  return {
    url,
    env: [],
    headers: Object.keys(launch.headers),
    origins: [new URL(url.replace(/\{[^{}]+\}/g, "x")).origin],
    unrestricted: false,
  };
}
