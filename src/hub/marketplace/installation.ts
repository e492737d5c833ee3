import type { Log } from "../kernel/log.ts";
import type { Clock } from "../kernel/runtime.ts";
import type { ConfigFile } from "./config-file.ts";
import type { Disk } from "./disk.ts";
import type { Given } from "./inputs.ts";
import type { InstallRecord, InstallStore } from "./install-store.ts";
import type { Prepared } from "./plan.ts";
import type { ListedTool } from "./tool-hash.ts";

/** The servers area and the configuration, as an installation needs them. */
export interface ServerHost {
  /** Reads the configuration again. */
  reload(): Promise<void>;
  /** A server's entry as it is written now. */
  entry(server: string): Readonly<Record<string, unknown>> | undefined;
  /** Starts the server and waits until it works or has failed; gives what it offers. Throws why it does not work. */
  tryOut(server: string): Promise<readonly ListedTool[]>;
}

export interface SecretBox {
  get(server: string, name: string): Promise<string | undefined>;
  set(server: string, name: string, value: string): Promise<void>;
  remove(server: string, name: string): Promise<void>;
}

export interface InstallerDeps {
  readonly host: ServerHost;
  readonly config: ConfigFile;
  readonly secrets: SecretBox;
  readonly installs: InstallStore;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  readonly home: string;
}

export interface InstallRequest {
  readonly tenant: string;
  readonly prepared: Prepared;
  readonly consent: string | undefined;
  readonly inputs: Given;
  readonly secrets: Given;
  /** Leave it in quarantine, to be looked at first. */
  readonly hold: boolean;
  /** What stands there now, when this is an update. */
  readonly previous?: InstallRecord;
  readonly progress: (message: string) => void;
}

export interface InstallOutcome {
  readonly record: InstallRecord;
  readonly tools: readonly ListedTool[];
  readonly backup: string | undefined;
}
