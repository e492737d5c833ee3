import type { Catalog } from "../../../catalog/catalog.ts";
import type { Pipeline } from "../../../catalog/pipeline.ts";
import type { Invoke } from "../../../kernel/client.ts";
import type { HubEvent } from "../../../kernel/event.ts";
import type { Log, LogRecord } from "../../../kernel/log.ts";
import type { OperationGuard } from "../../../kernel/operation.ts";
import type { Principal } from "../../../kernel/principal.ts";
import type { Clock, Random } from "../../../kernel/runtime.ts";
import type { WorkspaceEntries } from "../../../workspaces/schema.ts";
import type { Authenticate } from "../../rest.ts";
import type { ServerView } from "./server-object.ts";

/** What mcp-hub's door needs of the hub. */
export interface McpHubDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly authenticate: Authenticate;
  readonly guard: OperationGuard;
  /** Runs operations for whoever asks. */
  readonly invokeAs: (principal: Principal) => Invoke;
  readonly servers: ServersView;
  readonly catalog: Catalog;
  readonly pipeline: Pipeline;
  readonly events: { subscribe(filter: { readonly types: readonly string[] }, listener: (event: HubEvent) => void): Disposable };
  readonly logFeed: { subscribe(listener: (record: LogRecord) => void): Disposable };
  readonly workspaces: { follow(): Disposable; entries(): Promise<WorkspaceEntries>; current(): number | undefined };
  /** The configuration in use as mcp-hub shows it, without its secrets. */
  readonly shownConfig: () => ShownConfig;
  readonly mcpSessions: () => number;
  readonly port: () => number;
  readonly pid: number;
  /** The version clients are told, which some of them compare with the one they know. */
  readonly version: string;
  /** Lets go of the port and asks for the end of the process; the streams stay open until it comes. */
  readonly leave: () => void;
}

export interface ShownConfig extends Readonly<Record<string, unknown>> {
  readonly mcpServers: Readonly<Record<string, object>>;
}

export interface ServersView {
  all(): readonly ServerView[];
  find(name: string): ServerView | undefined;
  settle(names: readonly string[] | "all", patienceMs: number): Promise<void>;
}
