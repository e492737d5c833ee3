/** What the files of one part may import besides the files of that part itself. */
export interface ImportRow {
  readonly may: readonly string[];
  /** Parts it may import types from, and nothing else. */
  readonly types?: readonly string[];
  readonly because: string;
}

/** A part is a folder below `src/hub`, one of the three files that compose it, or a program around it. */
export const importTable: Readonly<Record<string, ImportRow>> = {
  kernel: { may: [], because: "the words everything else is built from" },
  store: { may: ["kernel"], because: "rows and SQL, nothing about what they mean" },
  vault: { may: ["kernel"], types: ["store"], because: "seals what the store keeps" },
  gates: { may: ["kernel"], because: "the only way to a process, the network and a permission" },
  config: { may: ["kernel"], because: "read before anything else exists" },
  metrics: { may: ["kernel"], because: "counts what it is told" },
  "log-sinks": { may: ["kernel"], because: "where log records go" },
  "event-log": { may: ["kernel"], types: ["store"], because: "hands on what has happened" },
  audit: { may: ["kernel"], types: ["store"], because: "writes down who did what" },
  servers: { may: ["kernel"], types: ["config", "gates", "store"], because: "MCP servers behind the hub" },
  "server-auth": {
    may: ["kernel", "gates", "servers"],
    types: ["vault", "gateway"],
    because: "signs the hub in at the servers behind it",
  },
  catalog: { may: ["kernel"], types: ["gates", "servers"], because: "every tool, whoever offers it" },
  builtin: { may: ["kernel", "catalog"], types: ["servers"], because: "the hub's own tools" },
  marketplace: {
    may: ["kernel", "config", "registry-cache"],
    types: ["event-log", "store"],
    because: "servers to be had; what it does to this machine goes through what it is given",
  },
  tracing: { may: ["kernel"], types: ["catalog", "gates"], because: "how long each piece of a request took, told to a collector" },
  stats: { may: ["kernel", "builtin"], types: ["catalog", "store"], because: "what tools were used for" },
  status: { may: ["kernel"], because: "what the hub says of itself" },
  clients: { may: ["kernel", "config"], because: "the files of programs that use the hub" },
  workspaces: { may: ["kernel"], because: "the list of a user's running hubs, which mcp-hub keeps too" },
  gateway: {
    may: ["kernel", "catalog", "builtin", "tracing"],
    types: ["gates", "marketplace", "servers", "workspaces"],
    because: "our listening side",
  },
  "operations.ts": {
    may: ["kernel", "audit", "catalog", "config", "event-log", "server-auth", "servers", "stats", "status", "marketplace", "workspaces"],
    because: "collects, decides nothing",
  },
  "events.ts": {
    may: ["kernel", "catalog", "config", "server-auth", "servers", "status", "marketplace", "workspaces"],
    because: "collects, decides nothing",
  },
  assembly: { may: ["*"], because: "the steps of the composition root" },
  "hub.ts": { may: ["*"], because: "the composition root: the only place that knows all parts" },
  tui: { may: ["kernel"], types: ["*"], because: "a client of the operations" },
  cli: { may: ["kernel", "operations.gen.json"], types: ["*"], because: "a client of the operations" },
};

/** Single files that may reach further than their part. */
export const importExceptions: Readonly<Record<string, readonly string[]>> = {
  "src/cli/connect.ts": ["hub.ts", "gateway"],
  "src/cli/keep-bug.ts": ["log-sinks"],
  "src/cli/keeper.ts": ["gates"],
  "src/cli/clients/connection-world.ts": ["clients"],
  "src/cli/clients/import-sources.ts": ["clients"],
  "src/cli/clients/list-clients.ts": ["clients", "config"],
  "src/cli/clients/own-way-in.ts": ["clients", "config"],
  "src/cli/clients/probe.ts": ["assembly", "clients", "config", "gates", "servers"],
  "src/cli/commands/client-connect.ts": ["clients"],
  "src/cli/commands/config-check.ts": ["config"],
  "src/cli/commands/import.ts": ["clients", "config"],
  "src/cli/mcp-hub/console-sink.ts": ["gateway"],
  "src/cli/mcp-hub/run.ts": ["hub.ts"],
  "src/cli/mcp-hub/shown-version.ts": ["config"],
  "src/cli/commands/serve.ts": ["hub.ts"],
  "src/cli/commands/stdio.ts": ["hub.ts", "gateway"],
  "src/cli/commands/tui.ts": ["tui"],
};

/** The part a file belongs to; a folder of providers is a part each. Undefined for packages and their manifest. */
export function partOf(path: string): string | undefined {
  if (path === "package.json" || path.startsWith("node_modules/")) return undefined;
  const [top, ...below] = path.split("/");
  if (top !== "src") return top;
  return below[0] === "hub" ? below[1] : below[0] === "providers" ? `providers/${below[1]}` : below[0];
}
