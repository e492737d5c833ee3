import { HubError } from "../kernel/errors.ts";
import { checkInputs } from "./inputs.ts";
import type { InstallEffect, InstallInput } from "./install-machine.ts";
import type { InstallRecord } from "./install-store.ts";
import type { InstallOutcome, InstallRequest, InstallerDeps } from "./installation.ts";
import { entryOf, sealedOf, type Answers } from "./launch.ts";
import type { Prepared } from "./plan.ts";
import { isForbiddenMount } from "./runtime-arguments.ts";
import { toolHash, type ListedTool } from "./tool-hash.ts";

type Entry = Readonly<Record<string, unknown>>;

/** None of its tools is offered while it is tried out. */
const inQuarantine = (entry: Entry) => ({ ...entry, tools: { deny: ["*"] } });
const held = (entry: Entry) => ({ ...inQuarantine(entry), disabled: true });

/** What an installation says of how to start or reach a server; all other keys of the entry are the person's own. */
const launchKeys = ["command", "args", "env", "url", "type", "headers"];

/** One installation: what each effect of its machine does, and how it is undone. */
export class InstallJob {
  /** Secrets as they were. */
  readonly #replaced = new Map<string, string | undefined>();
  readonly #before: Entry | undefined;
  #answers: Answers = new Map();
  #entry: Entry = {};
  #tools: readonly ListedTool[] = [];
  #written = false;
  #backup: string | undefined;
  #record: InstallRecord | undefined;

  constructor(
    readonly deps: InstallerDeps,
    readonly request: InstallRequest,
  ) {
    this.#before = request.previous && deps.host.entry(request.prepared.plan.server);
  }

  /** Undefined ends it. */
  async run(effect: InstallEffect): Promise<InstallInput | undefined> {
    switch (effect) {
      case "refuse":
        throw this.#refusal();
      case "take_inputs":
        return this.#takeInputs();
      case "write":
        return this.#write();
      case "start":
        return this.#start();
      case "list":
        return { type: "listed", hold: this.request.hold };
      case "enable":
        await this.#change(this.#entry);
        await this.#save("enabled");
        return { type: "enabled" };
      case "hold":
        await this.#change(held(this.#entry));
        await this.#save("quarantined");
        return undefined;
      case "undo":
      case "done":
        return undefined;
    }
  }

  outcome(): InstallOutcome {
    return { record: this.#record!, tools: this.#tools, backup: this.#backup };
  }

  /** Puts back what was there; one step that fails does not keep the others from being undone. */
  async undo(): Promise<void> {
    const { deps, request } = this;
    const { prepared, previous, tenant } = request;
    const { server } = prepared.plan;
    const steps = [
      () => this.#change(this.#before),
      ...[...this.#replaced].map(
        ([name, value]) =>
          () =>
            this.#setSecret(name, value),
      ),
      () => (previous ? deps.installs.put(tenant, previous) : deps.installs.remove(tenant, server)),
      async () => {
        if (prepared.bundle && prepared.bundle.directory !== previous?.directory) await deps.disk.removeTree(prepared.bundle.directory);
      },
    ];
    for (const step of steps)
      await step().catch((cause: unknown) => deps.log.warn("an installation was not undone whole", { server, cause }));
  }

  #refusal(): HubError {
    const { consent, prepared } = this.request;
    const { plan } = prepared;
    const message =
      consent === undefined
        ? `${plan.name} is installed only with consent to its plan`
        : `The plan of ${plan.name} is no longer the one that was agreed to`;
    return new HubError("CONFLICT", message, {
      hint: "Look at `hubctl marketplace plan`, and give back the consent it names",
      details: { plan },
    });
  }

  #takeInputs(): InstallInput {
    const { prepared, inputs, secrets } = this.request;
    const { home } = this.deps;
    this.#answers = checkInputs(prepared.asks, inputs, { home, secrets });
    checkMounts(prepared, this.#answers, home);
    const own = Object.entries(this.#before ?? {}).filter(([key]) => !launchKeys.includes(key));
    this.#entry = { ...entryOf(prepared.launch, this.#answers), ...Object.fromEntries(own) };
    return { type: "inputs" };
  }

  async #write(): Promise<InstallInput> {
    const { plan, bundle } = this.request.prepared;
    this.request.progress(`writing ${plan.file}`);
    for (const [name, value] of sealedOf(this.#answers)) {
      this.#replaced.set(name, await this.deps.secrets.get(plan.server, name));
      await this.#setSecret(name, value);
    }
    if (bundle && !(await this.deps.disk.exists(bundle.directory))) await this.deps.disk.writeTree(bundle.directory, bundle.files);
    await this.#save("written");
    await this.#change(inQuarantine(this.#entry));
    return { type: "written" };
  }

  async #start(): Promise<InstallInput> {
    const { server } = this.request.prepared.plan;
    this.request.progress(`starting ${server}; the first start may download it`);
    this.#tools = await this.deps.host.tryOut(server);
    this.request.progress(`${server} offers ${this.#tools.length} tools`);
    return { type: "started" };
  }

  async #change(entry: Entry | undefined): Promise<void> {
    const { server, file } = this.request.prepared.plan;
    const change = await this.deps.config.change(file, { server, entry, backup: !this.#written });
    this.#written = true;
    this.#backup ??= change.backup;
    await this.deps.host.reload();
  }

  async #save(state: InstallRecord["state"]): Promise<void> {
    const { prepared, previous, tenant } = this.request;
    const { name, title, version, way, file, server, package: pack, permissions } = prepared.plan;
    this.#record = {
      server,
      name,
      title,
      version,
      way,
      file,
      state,
      permissions,
      entry: this.#entry,
      ...(pack && { package: pack }),
      ...(prepared.repositoryId !== undefined && { repositoryId: prepared.repositoryId }),
      ...(prepared.bundle && { directory: prepared.bundle.directory }),
      inputs: Object.fromEntries([...this.#answers].flatMap(([key, { values, sealed }]) => (sealed ? [] : [[key, values]]))),
      secrets: [...sealedOf(this.#answers).keys()],
      tools: Object.fromEntries(this.#tools.map((tool) => [tool.name, toolHash(tool)])),
      installedAt: previous?.installedAt ?? this.deps.clock.now(),
    };
    await this.deps.installs.put(tenant, this.#record);
  }

  async #setSecret(name: string, value: string | undefined): Promise<void> {
    const { server } = this.request.prepared.plan;
    if (value === undefined) await this.deps.secrets.remove(server, name);
    else await this.deps.secrets.set(server, name, value);
  }
}

/** A container may be given what the person says, but not what would hand it the machine. */
function checkMounts({ launch, plan }: Prepared, answers: Answers, home: string): void {
  if (launch.kind !== "local" || plan.package?.type !== "oci") return;
  const mounts = launch.runnerArgs.filter(({ flag }) => flag === "-v" || flag === "--volume" || flag === "--mount");
  const keys = mounts.flatMap(({ value = [] }) => value.flatMap((piece) => (typeof piece === "string" ? [] : [piece.ask])));
  for (const key of keys)
    for (const value of answers.get(key)?.values ?? [])
      if (isForbiddenMount(value.split(":")[0]!, home))
        throw new HubError("FORBIDDEN", `${key} would give the container ${value}, and with it this machine`, {
          hint: "Give it a directory of its own",
        });
}
