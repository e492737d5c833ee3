import type { CommandGroup, RootEntry, RootGroup, RootTable } from "./command.ts";

/** In the order of root help. */
export const rootGroups: readonly RootGroup[] = ["Everyday", "Servers and tools", "Operations", "Advanced"];

/** Commands written by hand below an area whose other commands are its operations. */
type OwnCommands = CommandGroup["members"];

const area = (
  group: RootEntry["group"],
  name: string,
  { summary, own }: { readonly summary: string; readonly own?: OwnCommands },
): RootEntry => ({
  group,
  summary,
  load: async () => {
    const [{ areaCommands }, { operationManifest }] = await Promise.all([
      import("./operation-commands.ts"),
      import("./operation-manifest.ts"),
    ]);
    return areaCommands(name, { summary, own, manifest: operationManifest });
  },
});

/** The first words after `hubctl`. Root help prints this table, so it loads no command. */
export const rootTable: RootTable = {
  serve: {
    group: "Everyday",
    summary: "Run the hub: MCP endpoint, REST API and events",
    load: async () => (await import("./commands/serve.ts")).serve,
  },
  tui: { group: "Everyday", summary: "Watch and steer the hub in the terminal", load: async () => (await import("./commands/tui.ts")).tui },
  restart: {
    group: "Everyday",
    summary: "Replace the running hub by a fresh process",
    load: async () => (await import("./commands/restart.ts")).restart,
  },
  call: { group: "Everyday", summary: "Call one tool", load: async () => (await import("./commands/call.ts")).call },
  import: {
    group: "Everyday",
    summary: "Take over the servers of Claude, Cursor, VS Code and others",
    load: async () => (await import("./commands/import.ts")).importServers,
  },
  connect: {
    group: "Everyday",
    summary: "Write the hub into the configuration of Claude, Cursor, VS Code and others",
    load: async () => (await import("./commands/client-connect.ts")).clientConnect,
  },
  doctor: {
    group: "Everyday",
    summary: "Check this installation, and say how to mend it",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },

  servers: area("Servers and tools", "servers", {
    summary: "MCP servers behind the hub: list, restart, logs",
    own: { authorize: async () => (await import("./commands/servers-authorize.ts")).serversAuthorize },
  }),
  marketplace: area("Servers and tools", "marketplace", {
    summary: "Servers to be had: search, install, update, uninstall",
    own: {
      install: async () => (await import("./commands/marketplace-install.ts")).marketplaceInstall,
      update: async () => (await import("./commands/marketplace-update.ts")).marketplaceUpdate,
    },
  }),
  tools: area("Servers and tools", "tools", {
    summary: "Tools of all sources: list, show, search",
    own: { call: async () => (await import("./commands/call.ts")).call },
  }),
  resources: area("Servers and tools", "resources", { summary: "Resources of all servers: list, read" }),
  prompts: area("Servers and tools", "prompts", { summary: "Prompts of all servers: list, get" }),

  hub: area("Operations", "hub", { summary: "The running hub: status, restart" }),
  events: area("Operations", "events", {
    summary: "What has happened: list, follow",
    own: {
      tail: async () => (await import("./commands/events-tail.ts")).eventsTail,
    },
  }),
  stats: area("Operations", "stats", { summary: "What tools were used for: tools, summary" }),
  audit: area("Operations", "audit", { summary: "Who did what: list, verify the chain" }),
  workspaces: area("Operations", "workspaces", { summary: "The running hubs of this user: list" }),
  config: area("Operations", "config", {
    summary: "The configuration: check, show, reload",
    own: {
      check: async () => (await import("./commands/config-check.ts")).configCheck,
    },
  }),

  stdio: {
    group: "Advanced",
    summary: "Be an MCP server on standard input and output",
    load: async () => (await import("./commands/stdio.ts")).stdio,
  },
  compat: {
    group: "Advanced",
    summary: "Stand in for other programs: mcp-hub",
    load: async () => (await import("./mcp-hub/command.ts")).compat,
  },
  completion: {
    group: "Advanced",
    summary: "Print a completion script for bash, zsh or fish",
    load: async () => (await import("./commands/completion.ts")).completion,
  },
};

/** Commands for programs, not shown to people. */
export const hiddenTable: RootTable = {
  __complete: { group: "Advanced", summary: "", load: async () => (await import("./commands/completion.ts")).completeWords },
};
