import { InMemoryServerEventBus } from "@modelcontextprotocol/server";
import { fileURLToPath } from "node:url";
import { createFakeServer } from "../../tests/support/fake-server.ts";
import { serveMcp, type McpListener } from "../../tests/support/serve-mcp.ts";
import { freePort, until } from "../bench/programs.ts";
import type { Servers } from "../bench/subjects.ts";
import { childrenOf } from "./proc.ts";
import { offer } from "./repeat-tool.ts";
import type { Down } from "./verdict.ts";

/** A server behind the hub that can be taken away from it. */
export interface Upstream {
  readonly name: string;
  readonly entry: Servers[string];
  /** Ends it the hard way, and tells from when on it is down; resolves when it can be reached again. */
  kill(options: { readonly hubPid: number; readonly down: (down: Down) => void }): Promise<void>;
}

export interface Upstreams extends AsyncDisposable {
  readonly all: readonly Upstream[];
  /** What the configuration says of them. */
  readonly servers: Servers;
  /** Of servers that come and go. */
  readonly guests: Servers;
}

/** Twenty servers, and two guests. */
export function startUpstreams(): Upstreams {
  const stack = new AsyncDisposableStack();
  const http = (name: string, legacyOnly: boolean) => stack.use(httpUpstream(name, legacyOnly));
  const many = (count: number, make: (index: number) => Upstream) => Array.from({ length: count }, (_, index) => make(index + 1));
  const all = [
    ...many(8, (index) => stdioUpstream(`stdio${index}`)),
    ...many(6, (index) => http(`stateless${index}`, false)),
    ...many(6, (index) => http(`sessions${index}`, true)),
  ];
  const guests = [stdioUpstream("guest-stdio"), http("guest-http", true)];
  return {
    all,
    servers: entriesOf(all),
    guests: entriesOf(guests),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const entriesOf = (upstreams: readonly Upstream[]): Servers => Object.fromEntries(upstreams.map(({ name, entry }) => [name, entry]));

/** A process of the hub, which is killed and which the hub is to start again. */
function stdioUpstream(name: string): Upstream {
  const findIn = (hubPid: number) => childrenOf(hubPid).find(({ argv }) => argv.includes(name));
  return {
    name,
    entry: { command: process.execPath, args: [fileURLToPath(import.meta.resolve("./stdio-server.ts")), name] },
    async kill({ hubPid, down }) {
      await until(async () => findIn(hubPid) !== undefined, { pauseMs: 100, what: `The process of ${name}` });
      const from = Date.now();
      down({ server: name, from, back: from });
      process.kill(findIn(hubPid)!.pid, "SIGKILL");
    },
  };
}

const downMs = { least: 2_000, most: 6_000 };

/** A listener of this process, which is closed with all its connections and comes back on the same port, without its sessions. */
function httpUpstream(name: string, legacyOnly: boolean): Upstream & AsyncDisposable {
  const port = freePort();
  const start = (): McpListener => {
    const changes = new InMemoryServerEventBus();
    return serveMcp({ createServer: () => createFakeServer(() => offer, changes), changes, port, legacyOnly });
  };
  let listener = start();
  return {
    name,
    entry: { url: listener.url },
    async kill({ down }) {
      const gone: Down = { server: name, from: Date.now() };
      down(gone);
      await listener[Symbol.asyncDispose]();
      await Bun.sleep(downMs.least + Math.random() * (downMs.most - downMs.least));
      listener = start();
      gone.back = Date.now();
    },
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}
