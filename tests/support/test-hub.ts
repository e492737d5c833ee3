import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHub, type Hub, type HubOptions } from "#hub/hub.ts";
import { clientOver, type Client } from "#hub/kernel/client.ts";
import type { HubEvent } from "#hub/kernel/event.ts";
import type { LogRecord } from "#hub/kernel/log.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import type { Operations } from "#hub/operations.ts";
import { machinePath } from "./machine-path.ts";

export interface TestHub extends AsyncDisposable {
  readonly hub: Hub;
  readonly client: Client<Operations>;
  /** `http://127.0.0.1:<port>`; empty for a hub that does not listen. */
  readonly url: string;
  readonly home: string;
  readonly configFile: string;
  readonly logged: readonly LogRecord[];
  writeConfig(config: unknown): Promise<void>;
  /** Resolves with the first event that fits, those that have happened included. */
  event(type: string, fits?: (data: Record<string, unknown>) => boolean): Promise<HubEvent>;
  ready(...servers: string[]): Promise<void>;
}

export interface TestHubOptions extends Pick<HubOptions, "listen" | "servers"> {
  readonly home?: string;
  readonly env?: Record<string, string>;
  readonly runtime?: Partial<Runtime>;
}

/** A whole hub with a home of its own, real HTTP on a free port and real SQLite. */
export async function testHub(config: unknown = {}, { home: given, env = {}, runtime, ...options }: TestHubOptions = {}): Promise<TestHub> {
  const home = given ?? (await mkdtemp(join(tmpdir(), "hubctl-")));
  const configFile = join(home, "config.json5");
  const writeConfig = (next: unknown) => writeFile(configFile, typeof next === "string" ? next : JSON.stringify(next));
  await writeConfig(config);
  const logged: LogRecord[] = [];
  const hub = await createHub({
    runtime: {
      ...systemRuntime,
      env: { PATH: machinePath(), HOME: home, ...env },
      host: { ...systemRuntime.host, cwd: home, home },
      keychain: { get: async () => undefined, set: async () => false },
      ...runtime,
    },
    configFiles: [configFile],
    cwd: home,
    listen: { port: 0 },
    logLevel: "debug",
    logSink: (record) => void logged.push(record),
    ...options,
  });
  const leaving = new AbortController();
  const event: TestHub["event"] = async (type, fits = () => true) => {
    for await (const seen of hub.events.follow({ after: 0, types: [type], signal: leaving.signal }))
      if (fits(seen.data as Record<string, unknown>)) return seen;
    throw new Error(`the hub stopped before ${type}`);
  };
  const client = clientOver<Operations>(hub.invoke);
  await hub.start();
  return {
    hub,
    client,
    url: hub.gateway?.listener.url ?? "",
    home,
    configFile,
    logged,
    writeConfig,
    event,
    async ready(...servers) {
      await Promise.all(servers.map((name) => event("servers.state_changed", (data) => data["name"] === name && data["to"] === "ready")));
    },
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await hub.stop();
      if (given === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}
