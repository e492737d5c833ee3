import { HubError } from "#hub/kernel/errors.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";
import { keepHub } from "../keeper.ts";
import type { Terminal } from "../terminal.ts";
import { parseMcpHubArguments, type McpHubArguments } from "./argv.ts";
import { consoleSink, errorRecord } from "./console-sink.ts";
import { mcpHubHelp } from "./help.ts";
import { shownVersion } from "./shown-version.ts";

export interface McpHubWorld {
  readonly terminal: Terminal;
  readonly runtime: Runtime;
}

/** mcp-hub let a configuration set this, and configurations do. */
const allowEnv = ["PATH"];

/** Runs as mcp-hub: its flags, its lines on standard output, and an exit code that says whether it failed. */
export async function runMcpHub(argv: readonly string[], { terminal, runtime }: McpHubWorld): Promise<number> {
  const given = parseMcpHubArguments(argv);
  if (given.version) return print(terminal, `${await shownVersion(runtime, given.config)}\n`);
  if (given.help) return print(terminal, mcpHubHelp);
  const log = consoleSink(terminal);
  try {
    return await serve(given, { terminal, runtime });
  } catch (cause) {
    const error = HubError.from(cause);
    log(errorRecord(runtime.clock.now(), error.message, { ...told(error), ...(error.hint !== undefined && { hint: error.hint }) }));
    return error.row.exit;
  }
}

function print({ stdout }: Terminal, text: string): number {
  stdout.write(text);
  return 0;
}

async function serve(given: McpHubArguments, { terminal, runtime }: McpHubWorld): Promise<number> {
  const port = portOf(given);
  const { createHub } = await import("#hub/hub.ts");
  const version = await shownVersion(runtime, given.config);
  const logSink = consoleSink(terminal);
  const stopping = new AbortController();
  using _signals = terminal.onInterrupt(() => {
    if (stopping.signal.aborted) terminal.exit(interrupted.row.exit);
    stopping.abort();
  });
  using _bugs = terminal.onBug((cause) =>
    logSink(errorRecord(runtime.clock.now(), "Something went wrong inside the hub", bugFields(cause))),
  );
  return await keepHub({
    runtime,
    terminal,
    signal: stopping.signal,
    open: (succession) =>
      createHub({
        runtime: { ...runtime, env: { ...runtime.env, HUBCTL_MCP_HUB_VERSION: version } },
        configFiles: given.config,
        cwd: runtime.host.cwd,
        listen: { port },
        watch: given.watch,
        ...(given.autoShutdown && { shutdownDelayMs: given.shutdownDelay }),
        allowEnv,
        logSink,
        succession,
      }),
  });
}

const interrupted = new HubError("CANCELLED", "Stopped");

const bugFields = (cause: unknown) => ({
  code: "UNEXPECTED_ERROR",
  error: cause instanceof Error ? cause.message : String(cause),
  ...(cause instanceof Error && { stack: cause.stack }),
});

function portOf({ port, config }: McpHubArguments): number {
  if (port === undefined || config.length === 0)
    throw new HubError("VALIDATION", "mcp-hub needs --port and --config", {
      hint: "mcp-hub --port 37373 --config ~/.config/mcphub/servers.json",
      details: { mcpHubCode: "CLI_ARGS_ERROR" },
    });
  const number = Number(port);
  if (/^\d+$/.test(port) && number <= 65_535) return number;
  throw new HubError("VALIDATION", `${JSON.stringify(port)} is no port`, {
    hint: "Give a number from 0 to 65535",
    details: { mcpHubCode: "ERR_SOCKET_BAD_PORT" },
  });
}

/** mcp-hub's name for what kept it from running. */
function told({ code, details }: HubError): { readonly code: string } {
  if (typeof details?.["mcpHubCode"] === "string") return { code: details["mcpHubCode"] };
  if (code === "CONFLICT" && details?.["port"] !== undefined) return { code: "EADDRINUSE" };
  return { code: code === "VALIDATION" ? "CONFIG_ERROR" : "SERVER_START_ERROR" };
}
