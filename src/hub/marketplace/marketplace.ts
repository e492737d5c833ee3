import { basename, resolve } from "node:path";
import type { EventBus } from "../event-log/event-bus.ts";
import { HubError } from "../kernel/errors.ts";
import { defaultTenant } from "../kernel/principal.ts";
import type { Log } from "../kernel/log.ts";
import type { Runtime } from "../kernel/runtime.ts";
import type { ConfigFile } from "./config-file.ts";
import type { Disk } from "./disk.ts";
import * as events from "./events.ts";
import type { Given } from "./inputs.ts";
import type { InstallRecord, InstallStore } from "./install-store.ts";
import type { InstallOutcome, SecretBox, ServerHost } from "./installation.ts";
import { runInstall } from "./installer.ts";
import type { Listings } from "./listings.ts";
import { preparePlan, type PlanDeps, type Prepared } from "./plan.ts";
import type { UpdateDiff } from "./schema.ts";
import type { SyncResult } from "./sync.ts";
import { toolChanges, updateDiff } from "./update-diff.ts";
import type { SyncState } from "./version-store.ts";

export interface PlanQuery {
  readonly name: string;
  readonly version?: string;
  readonly way?: string;
  readonly as?: string;
  readonly file?: string;
}

export interface Consented {
  readonly tenant: string;
  readonly consent: string | undefined;
  readonly inputs: Given;
  readonly secrets: Given;
  readonly hold: boolean;
  readonly progress: (message: string) => void;
}

/** Servers to be had: found, planned, installed, updated, taken away. */
export interface Marketplace {
  readonly listings: Listings;
  plan(query: PlanQuery): Promise<Prepared>;
  install(query: PlanQuery, consented: Consented): Promise<InstallOutcome>;
  /** Without consent it only says what would change. */
  update(server: string, version: string | undefined, consented: Consented): Promise<Updated>;
  uninstall(server: string, options: { readonly tenant: string; readonly secrets: boolean }): Promise<Uninstalled>;
  installed(tenant: string): Promise<(InstallRecord & { readonly updatedAt: number })[]>;
  /** False when another hub is at it. */
  sync(signal: AbortSignal): Promise<SyncResult | false>;
  syncState(): Promise<SyncState>;
}

export interface Updated {
  readonly prepared: Prepared;
  readonly diff: UpdateDiff;
  readonly before: InstallRecord;
  /** Undefined when it was only asked what would change. */
  readonly outcome?: InstallOutcome;
}

export interface Uninstalled {
  readonly record: InstallRecord;
  readonly backup: string | undefined;
  /** Names of secrets that stay in the vault. */
  readonly keptSecrets: readonly string[];
}

export interface MarketplaceDeps {
  readonly listings: Listings;
  readonly installs: InstallStore;
  readonly planDeps: PlanDeps;
  readonly host: ServerHost;
  readonly config: ConfigFile;
  readonly secrets: SecretBox;
  readonly disk: Disk;
  readonly runtime: Pick<Runtime, "clock" | "host">;
  readonly log: Log;
  /** The configuration's files, in order. */
  readonly files: () => readonly string[];
  /** Runs unless somebody else, here or in another hub, is at the same; false then. */
  readonly exclusively: (what: string, work: () => Promise<void>) => Promise<boolean>;
  readonly sync: (signal: AbortSignal) => Promise<SyncResult>;
  readonly syncState: () => Promise<SyncState>;
  readonly bus: Pick<EventBus, "publish">;
}

export function createMarketplace(deps: MarketplaceDeps): Marketplace {
  const { listings, installs } = deps;
  return {
    listings,
    plan: (query) => plan(deps, query),
    install: (query, consented) => install(deps, query, consented),
    update: (server, version, consented) => update(deps, { server, version }, consented),
    uninstall: (server, options) => alone(deps, server, () => uninstall(deps, server, options)),
    installed: (tenant) => installs.all(tenant),
    sync: (signal) => sync(deps, signal),
    syncState: deps.syncState,
  };
}

/** One installation of a name at a time, among all hubs on this store. */
async function alone<T>({ exclusively }: MarketplaceDeps, server: string, work: () => Promise<T>): Promise<T> {
  let result: { readonly value: T } | undefined;
  const ran = await exclusively(`marketplace.${server}`, async () => {
    result = { value: await work() };
  });
  if (ran && result) return result.value;
  throw new HubError("CONFLICT", `Somebody is installing or removing ${server} right now`, { hint: "Wait until that is through" });
}

async function plan(deps: MarketplaceDeps, { name, version, way, as, file }: PlanQuery): Promise<Prepared> {
  const listing = await deps.listings.find(name);
  if (!listing) throw unknown(name);
  // Lists that name no versions leave them to the package's own registry.
  const isVersioned = listing.version !== "0.0.0";
  const entry = await deps.listings.entry(listing.name, isVersioned ? version : undefined);
  const packageVersion = isVersioned ? undefined : version;
  return preparePlan(deps.planDeps, { entry, way, packageVersion, server: as ?? serverKey(listing.name), file: pickFile(deps, file) });
}

const installerDeps = (deps: MarketplaceDeps) => ({ ...deps, clock: deps.runtime.clock, home: deps.runtime.host.home });

async function install(deps: MarketplaceDeps, query: PlanQuery, consented: Consented): Promise<InstallOutcome> {
  const prepared = await plan(deps, query);
  const { server } = prepared.plan;
  return alone(deps, server, async () => {
    const isInterrupted = (await deps.installs.find(consented.tenant, server))?.state === "written";
    if (deps.host.entry(server) && !isInterrupted)
      throw new HubError("CONFLICT", `There is a server ${server} already`, { hint: "Install it under another name with --as" });
    const outcome = await runInstall(installerDeps(deps), { ...consented, prepared });
    deps.bus.publish(events.installed, { ...what(outcome.record), tools: outcome.tools.length }, consented);
    return outcome;
  });
}

async function update(
  deps: MarketplaceDeps,
  { server, version }: { readonly server: string; readonly version: string | undefined },
  consented: Consented,
): Promise<Updated> {
  const before = await recordOf(deps, consented.tenant, server);
  const prepared = await plan(deps, { name: before.name, version, way: before.way, as: server, file: before.file });
  const diff = updateDiff(before, prepared.plan, prepared.repositoryId);
  if (consented.consent === undefined) return { prepared, diff, before };
  const outcome = await alone(deps, server, async () =>
    runInstall(installerDeps(deps), {
      ...consented,
      prepared,
      inputs: { ...stillAsked(before.inputs, prepared), ...consented.inputs },
      secrets: { ...(await keptSecrets(deps.secrets, before, prepared)), ...consented.secrets },
      previous: before,
    }),
  );
  deps.bus.publish(events.updated, { ...what(outcome.record), from: diff.version.from }, consented);
  return { prepared, diff: { ...diff, tools: toolChanges(before.tools, outcome.record.tools) }, before, outcome };
}

async function uninstall(
  deps: MarketplaceDeps,
  server: string,
  { tenant, secrets }: { readonly tenant: string; readonly secrets: boolean },
): Promise<Uninstalled> {
  const record = await recordOf(deps, tenant, server);
  const { backup } = await deps.config.change(record.file, { server, entry: undefined, backup: true });
  await deps.host.reload();
  if (secrets) for (const name of record.secrets) await deps.secrets.remove(server, name);
  if (record.directory !== undefined && !(await isShared(deps, tenant, record))) await deps.disk.removeTree(record.directory);
  await deps.installs.remove(tenant, server);
  deps.bus.publish(events.uninstalled, { server, name: record.name, version: record.version }, { tenant });
  return { record, backup, keptSecrets: secrets ? [] : record.secrets };
}

async function sync(deps: MarketplaceDeps, signal: AbortSignal): Promise<SyncResult | false> {
  let result: SyncResult | undefined;
  const ran = await deps.exclusively("marketplace.sync", async () => {
    try {
      result = await deps.sync(signal);
    } finally {
      deps.listings.changed();
    }
    await takeBackWithdrawn(deps);
  });
  if (result) deps.bus.publish(events.synced, { ...result, withdrawn: result.withdrawn.length });
  return ran && result !== undefined && result;
}

async function recordOf({ installs }: MarketplaceDeps, tenant: string, server: string): Promise<InstallRecord> {
  const record = await installs.find(tenant, server);
  if (record) return record;
  throw new HubError("NOT_FOUND", `${server} was not installed from the marketplace`, { hint: "See `hubctl marketplace installed`" });
}

const what = ({ server, name, version, state, package: pack }: InstallRecord) => ({
  server,
  name,
  version: pack?.version ?? version,
  state: state === "enabled" ? ("enabled" as const) : ("quarantined" as const),
});

/** The registry deletes what is malicious or illegal: it must not run on because it runs already. */
async function takeBackWithdrawn({ listings, installs, config, host, bus }: MarketplaceDeps): Promise<void> {
  for (const record of await installs.all(defaultTenant)) {
    if (record.state !== "enabled") continue;
    const version = (await listings.versions(record.name)).find((one) => one.version === record.version);
    if (version?.status !== "deleted") continue;
    await config.change(record.file, {
      server: record.server,
      entry: { ...record.entry, tools: { deny: ["*"] }, disabled: true },
      backup: true,
    });
    await host.reload();
    await installs.put(defaultTenant, { ...record, state: "quarantined" });
    const { server, name } = record;
    bus.publish(events.withdrawn, { server, name, version: record.version, message: version.listing().statusMessage });
  }
}

const unknown = (name: string) =>
  new HubError("NOT_FOUND", `The marketplace has no server ${name}`, { hint: "Look for it with `hubctl marketplace search`" });

/** A short name that every client can show. */
const serverKey = (name: string): string =>
  basename(name)
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 48) || "server";

function pickFile({ files: configured, runtime }: MarketplaceDeps, wanted: string | undefined): string {
  const files = configured().map((path) => resolve(runtime.host.cwd, path));
  const chosen = wanted === undefined ? files.at(-1) : files.find((path) => path === resolve(runtime.host.cwd, wanted));
  if (chosen !== undefined) return chosen;
  throw new HubError("VALIDATION", "That file is none of this hub's configuration", { hint: `It has ${files.join(", ")}` });
}

/** What was given once need not be given again, as long as it is still asked for. */
const stillAsked = (inputs: Given, { asks }: Prepared): Given =>
  Object.fromEntries(Object.entries(inputs).filter(([key]) => asks.some((ask) => ask.key === key && !ask.secret)));

async function keptSecrets(box: SecretBox, { server, secrets }: InstallRecord, { asks }: Prepared): Promise<Given> {
  const kept: Record<string, string[]> = {};
  for (const name of secrets) {
    const key = asks.find((ask) => name === ask.key || name.startsWith(`${ask.key}.`))?.key;
    const value = key === undefined ? undefined : await box.get(server, name);
    if (key !== undefined && value !== undefined) (kept[key] ??= []).push(value);
  }
  return kept;
}

/** Two servers may run from one unpacked bundle. */
const isShared = async ({ installs }: MarketplaceDeps, tenant: string, { server, directory }: InstallRecord) =>
  (await installs.all(tenant)).some((other) => other.server !== server && other.directory === directory);
