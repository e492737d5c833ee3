import { createAudit, type Audit } from "../audit/audit.ts";
import { defaultConfigFiles } from "../config/default-files.ts";
import { rejectedData } from "../config/event-data.ts";
import { createConfigKeeper, type ConfigKeeper } from "../config/keeper.ts";
import type { ConfigDiff } from "../config/diff.ts";
import type { Config } from "../config/layers.ts";
import { createEventBus, type EventBus } from "../event-log/event-bus.ts";
import { events } from "../events.ts";
import { createEgress, type Egress } from "../gates/egress.ts";
import { createPolicy, type Policy } from "../gates/policy.ts";
import { createSpawnGate, type SpawnGate } from "../gates/spawn.ts";
import type { Log } from "../kernel/log.ts";
import { pathsOf, type Paths } from "../kernel/paths.ts";
import type { Runtime } from "../kernel/runtime.ts";
import { version } from "../kernel/version.ts";
import { openStore } from "../store/open-store.ts";
import type { Store } from "../store/store.ts";
import { createTracing, type Tracing } from "../tracing/tracing.ts";
import { isSealed } from "../vault/check.ts";
import { createKeySource } from "../vault/keys.ts";
import { createVault, type Vault } from "../vault/vault.ts";

/** What every area stands on: configuration, store, audit, events and the three gates. */
export interface Foundation {
  readonly runtime: Runtime;
  readonly log: Log;
  readonly paths: Paths;
  readonly cwd: string;
  readonly config: ConfigKeeper;
  readonly location: string;
  readonly store: Store;
  readonly audit: Audit;
  readonly bus: EventBus;
  readonly policy: Policy;
  readonly egress: Egress;
  readonly spawnGate: SpawnGate;
  /** Absent unless the environment names a collector. */
  readonly tracing: Tracing | undefined;
  /** Opened, and its key made, when the first secret is asked for. */
  readonly vault: () => Promise<Vault>;
}

export interface FoundationOptions {
  readonly runtime: Runtime;
  readonly log: Log;
  readonly cwd: string;
  readonly configFiles?: readonly string[];
  readonly stack: AsyncDisposableStack;
  /** Follow the configuration files. */
  readonly watch: boolean;
  readonly onConfig: (next: Config, diff: ConfigDiff) => void | Promise<void>;
}

/** Opens everything in order; what was opened is closed by the stack, also when a later step fails. */
export async function openFoundation({ runtime, log, cwd, configFiles, stack, watch, onConfig }: FoundationOptions): Promise<Foundation> {
  const { clock } = runtime;
  const paths = pathsOf(runtime);
  const files = configFiles ?? (await defaultConfigFiles({ paths, files: runtime.files }));
  const location = storeLocation(runtime, paths);
  const store = await openStore({ location, runtime, log: log.area("store") });
  stack.defer(() => store.close());
  const bus = createEventBus({ definitions: events, store, clock, log: log.area("events"), hub: cwd });
  stack.defer(() => bus.settled());
  const config = stack.use(
    await createConfigKeeper({
      files,
      runtime,
      log: log.area("config"),
      watch,
      onChange: onConfig,
      onError: (error) => bus.publish(events.config.rejected, rejectedData(error)),
    }),
  );
  const vault = lazily(() => createVault({ store, keys: createKeySource(runtime, paths), runtime, log: log.area("vault") }));
  // A wrong key is told now, not when the first server asks for its secret.
  if (await isSealed(store)) await vault();
  const egress = createEgress({ runtime, log: log.area("egress") });
  return {
    runtime,
    log,
    paths,
    cwd,
    config,
    location,
    store,
    audit: createAudit({ store, clock, log: log.area("audit") }),
    bus,
    policy: createPolicy(),
    egress,
    tracing: stack.use(createTracing({ runtime, egress, log: log.area("tracing"), version })),
    spawnGate: stack.use(createSpawnGate({ runtime, log: log.area("spawn"), limits: { processes: config.current().hub.maxProcesses } })),
    vault,
  };
}

/** Makes a thing once, when it is needed; what failed is tried again. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((cause: unknown) => {
      made = undefined;
      throw cause;
    }));
}

/** `HUBCTL_STORE`: a file, or `postgres://…`; the file in the data directory where it is not set. */
const storeLocation = ({ env }: Runtime, paths: Paths): string => env["HUBCTL_STORE"] || `${paths.data}/hub.db`;
