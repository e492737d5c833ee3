import type { LogSink } from "#hub/kernel/log.ts";
import { aborted } from "../aborted.ts";
import { command, type CliContext } from "../command.ts";
import { answeringSocket, socketDoor } from "../connect.ts";
import { logSink } from "../output/log-line.ts";

/** As `hub.maxMessageBytes` is by default; the hub on the other side has its own. */
const firstListMs = 5_000;
const maxMessageBytes = 67_108_864;

export const stdio = command({
  name: "stdio",
  summary: "Be an MCP server on standard input and output",
  description:
    "For clients that only launch commands. It passes on to the running hub; where none runs, or --config names files, it is a hub of its own on the same store. It ends when the client leaves.",
  examples: [{ line: `{ "mcpServers": { "hubctl": { "command": "hubctl", "args": ["stdio"] } } }`, means: "in a client's configuration" }],
  flags: {},
  async run(_, context) {
    const socket = context.globals.config === undefined ? await answeringSocket(context.runtime) : undefined;
    await (socket === undefined ? serveHere(context) : passOn(socket, context));
    return 0;
  },
});

/** To the hub that runs already, so that its servers are started once. */
async function passOn(socket: string, { terminal, runtime, signal }: CliContext): Promise<void> {
  const { bridgeStdio } = await import("#hub/gateway/mcp/stdio-bridge.ts");
  const { stdin, stdout } = terminal.streams();
  await Promise.race([bridgeStdio({ ...socketDoor(socket, runtime), stdin, stdout, maxMessageBytes }), aborted(signal)]);
}

async function serveHere({ terminal, runtime, globals, signal }: CliContext): Promise<void> {
  const [{ createHub }, { serveStdioDoor }] = await Promise.all([import("#hub/hub.ts"), import("#hub/gateway/mcp/stdio.ts")]);
  const toStderr = logSink(terminal.stderr);
  const onlyTrouble: LogSink = (record) => (record.level === "warn" || record.level === "error" ? toStderr(record) : undefined);
  const hub = await createHub({
    runtime,
    configFiles: globals.config,
    cwd: runtime.host.cwd,
    listen: false,
    servers: "at-once",
    logSink: onlyTrouble,
  });
  try {
    await hub.start();
    // A client that lists once, as most do, should see what is there and not what has started so far.
    await hub.listed(firstListMs);
    const { stdin, stdout } = terminal.streams();
    const left = serveStdioDoor({ ...hub.stdio, stdin, stdout, maxMessageBytes: hub.config.hub.maxMessageBytes });
    await Promise.race([left, aborted(signal)]);
  } finally {
    await hub.stop();
  }
}
