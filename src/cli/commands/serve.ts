import type { Hub } from "#hub/hub.ts";
import { createLog, logLevels } from "#hub/kernel/log.ts";
import { pathsOf } from "#hub/kernel/paths.ts";
import { version } from "#hub/kernel/version.ts";
import { command, type CliContext } from "../command.ts";
import { keepHub } from "../keeper.ts";
import { jsonLine } from "../output/json.ts";
import { logSink } from "../output/log-line.ts";
import { createMessages } from "../output/messages.ts";
import { BrokenPipe } from "../terminal.ts";

export const serve = command({
  name: "serve",
  summary: "Run the hub: MCP endpoint, REST API and events",
  description:
    "Runs until Ctrl-C; a second Ctrl-C ends it at once. When it listens it says so: in words to a person, as one line of JSON on standard output to a program.",
  examples: [
    { line: "hubctl serve", means: "with the configuration of this user" },
    { line: "hubctl serve --config servers.json --port 0", means: "with this one, on any free port" },
  ],
  flags: {
    port: {
      type: "integer",
      alias: "p",
      minimum: 0,
      description: "TCP port, 0 for any free one; else hub.port of the configuration, else 37373",
    },
    host: { type: "string", hint: "address", description: "Address to listen on; else hub.host, else 127.0.0.1" },
    socket: { type: "string", hint: "path", description: "Unix socket of this hub; else one per directory" },
    "no-socket": { type: "boolean", description: "Listen on TCP only" },
    "auto-shutdown": { type: "boolean", description: "Stop when the last client of /api/events has left" },
    "shutdown-delay": { type: "integer", hint: "ms", minimum: 0, description: "How long to wait before that; else it does not wait" },
    "log-level": { type: "string", enum: logLevels, description: "Least level that is logged; else hub.logLevel, else info" },
  },
  async run({ port, host, socket, "no-socket": noSocket, "log-level": logLevel, ...rest }, context) {
    const { terminal, runtime, globals, signal } = context;
    const { createHub } = await import("#hub/hub.ts");
    const listen = { port, host, socket: noSocket ? (false as const) : socket };
    const sink = logSink(terminal.stderr);
    using _bugs = terminal.onBug((cause) =>
      createLog({ clock: runtime.clock, level: "error", sinks: [sink] }).error("Nobody caught this", { cause }),
    );
    return await keepHub({
      runtime,
      terminal,
      signal,
      open: (succession) =>
        createHub({
          runtime,
          configFiles: globals.config,
          cwd: runtime.host.cwd,
          listen,
          ...(rest["auto-shutdown"] && { shutdownDelayMs: rest["shutdown-delay"] ?? 0 }),
          logLevel,
          logSink: sink,
          succession,
        }),
      onReady: (hub) => announce(hub, context),
    });
  },
});

interface Ready {
  readonly url?: string;
  readonly socket?: string;
}

/** Says where the hub is; a reader that has left does not stop it. */
async function announce(hub: Hub, { terminal, runtime, globals }: CliContext): Promise<void> {
  const { url, socket } = (await hub.invoke("hub.status", {})) as Ready;
  const { items } = (await hub.invoke("servers.list", { limit: 1 })) as { items: readonly unknown[] };
  const messages = createMessages(terminal, globals);
  if (globals.json !== undefined || !terminal.stdout.isTTY) {
    const line = jsonLine({ ready: true, version, url, mcp: url && `${url}/mcp`, socket, pid: runtime.host.pid });
    try {
      terminal.stdout.write(line);
    } catch (cause) {
      if (!(cause instanceof BrokenPipe)) throw cause;
    }
  } else
    messages.success(
      `hubctl ${version} is ready: MCP at ${url}/mcp, API at ${url}/api/v2${socket === undefined ? "" : `, socket ${socket}`}`,
    );
  if (items.length > 0) return;
  messages.info(
    `There are no servers yet. Add one to ${globals.config?.[0] ?? `${pathsOf(runtime).config}/config.json5`}, and the hub starts it:`,
  );
  messages.info(`  { mcpServers: { files: { command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "."] } } }`);
}
