import manifest from "../../../registry-cache/manifest.json";
import { defaultRegistry } from "../config/schema.ts";
import { isDangerousVariable } from "../gates/child-env.ts";
import { HubError } from "../kernel/errors.ts";
import { defaultTenant } from "../kernel/principal.ts";
import { createConfigFile } from "../marketplace/config-file.ts";
import { systemDisk } from "../marketplace/disk.ts";
import { createInstallStore } from "../marketplace/install-store.ts";
import type { SecretBox, ServerHost } from "../marketplace/installation.ts";
import { createListings } from "../marketplace/listings.ts";
import { createMarketplace, type Marketplace } from "../marketplace/marketplace.ts";
import { createTools } from "../marketplace/run-tool.ts";
import { readSnapshot } from "../marketplace/snapshot.ts";
import { startSyncJob } from "../marketplace/sync-job.ts";
import { syncRegistry } from "../marketplace/sync.ts";
import { createVersionStore } from "../marketplace/version-store.ts";
import type { Servers } from "../servers/servers.ts";
import { createLeases } from "../store/lease-store.ts";
import type { Foundation } from "./foundation.ts";
import { serverSecrets } from "./server-secrets.ts";

export interface MarketplaceParts {
  readonly foundation: Foundation;
  readonly servers: Servers;
}

const leaseMs = 60_000;
const bundleBytes = 128 * 1024 * 1024;
const pageBytes = 16 * 1024 * 1024;
const bundledAt = `${manifest.sources.find(({ id }) => id === "official")!.date}T00:00:00Z`;

/** The marketplace over the hub's own parts; it reads nothing until it is asked. */
export function createMarketplaceArea({ foundation, servers }: MarketplaceParts): Marketplace {
  const { runtime, store, egress, spawnGate, config, paths, bus } = foundation;
  const log = foundation.log.area("marketplace");
  const leases = createLeases(store, runtime.clock);
  const versions = createVersionStore(store);
  const where = { PATH: runtime.env["PATH"] ?? "/usr/bin:/bin", cwd: runtime.host.cwd };
  const untrusted = (maxBytes: number) => egress.fetchFor({ trust: "untrusted", maxBytes, timeoutMs: 120_000 });
  // Whoever names an index or a registry in the environment or the configuration may name one inside the house.
  const index = runtime.env["UV_DEFAULT_INDEX"] ?? runtime.env["UV_INDEX_URL"] ?? runtime.env["PIP_INDEX_URL"];
  const settings = () => config.current().hub.marketplace;
  return createMarketplace({
    listings: createListings({ store: versions, bundle: () => readSnapshot() }),
    installs: createInstallStore(store, runtime.clock),
    planDeps: {
      tools: createTools({ gate: spawnGate, runtime, which: (command) => Bun.which(command, where) }),
      pypi: {
        index,
        fetch: egress.fetchFor({ trust: index === undefined ? "untrusted" : "configured", maxBytes: pageBytes, timeoutMs: 30_000 }),
      },
      download: async (url) => {
        const response = await untrusted(bundleBytes)(url);
        if (response.ok) return response.bytes();
        await response.body?.cancel();
        throw new HubError("UPSTREAM_REJECTED", `${new URL(url).host} answered ${response.status} for the bundle`, {
          hint: "Try again later",
        });
      },
      isDangerousVariable,
      bundles: `${paths.data}/bundles`,
      home: runtime.host.home,
      platform: runtime.host.platform,
    },
    host: serverHost(foundation, servers),
    config: createConfigFile({ files: runtime.files, disk: systemDisk }),
    secrets: secretBox(foundation),
    disk: systemDisk,
    runtime,
    log,
    files: () => config.current().files.map(({ path }) => path),
    exclusively: (what, work) => leases.runExclusive(what, leaseMs, work),
    sync: (signal) => {
      const { registry } = settings();
      const fetch = egress.fetchFor({
        trust: registry === defaultRegistry ? "untrusted" : "configured",
        maxBytes: pageBytes,
        timeoutMs: 60_000,
      });
      return syncRegistry({ store: versions, fetch, clock: runtime.clock, log, registry, bundledAt }, signal);
    },
    syncState: versions.state,
    bus,
  });
}

/** Follows the registry in the background where the configuration says so. */
export function startMarketplaceSync({ runtime, log, config }: Foundation, marketplace: Marketplace): Disposable {
  const { sync, syncEveryMs } = config.current().hub.marketplace;
  if (!sync) return { [Symbol.dispose]: () => undefined };
  return startSyncJob({
    clock: runtime.clock,
    log: log.area("marketplace"),
    run: async (signal) => void (await marketplace.sync(signal)),
    lastRun: async () => (await marketplace.syncState()).at,
    intervalMs: syncEveryMs,
  });
}

function serverHost({ config }: Foundation, servers: Servers): ServerHost {
  return {
    reload: async () => void (await config.reload()),
    entry: (name) => config.current().servers.get(name)?.entry,
    async tryOut(name) {
      const server = await servers.start(name);
      const { state, error, hint } = server.status;
      // Nobody has signed in yet, so what it offers is not known; that is no failure.
      if (state === "authorizing") return [];
      if (state === "ready" || state === "degraded") return server.capabilities.tools;
      await servers.stop(name, { disable: true });
      throw new HubError("UPSTREAM_UNAVAILABLE", `${name} did not start: ${error ?? state}`, {
        hint: hint ?? "What was written has been taken back",
      });
    },
  };
}

function secretBox(foundation: Foundation): SecretBox {
  const vault = () => foundation.vault();
  return {
    get: async (server, name) => (await vault()).get(defaultTenant, serverSecrets(server, name)),
    set: async (server, name, value) => (await vault()).set(defaultTenant, serverSecrets(server, name), value),
    remove: async (server, name) => void (await (await vault()).remove(defaultTenant, serverSecrets(server, name))),
  };
}
