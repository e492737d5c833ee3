import { command, commandGroup } from "../command.ts";
import { runMcpHub } from "./run.ts";

/** `hubctl compat mcp-hub`, as help and the reference show it; the entry point hands its words over as they are. */
const mcpHub = command({
  name: "compat mcp-hub",
  summary: "Run the hub as a drop-in for mcp-hub",
  description:
    "Takes mcp-hub's flags and ignores what it does not know, as mcp-hub does. The program does the same when it is called mcp-hub.",
  examples: [{ line: "hubctl compat mcp-hub --port 37373 --config servers.json --watch", means: "as mcphub.nvim starts it" }],
  flags: {
    port: { type: "string", alias: "p", description: "Port to listen on" },
    watch: { type: "boolean", alias: "w", description: "Follow the configuration files" },
    "auto-shutdown": { type: "boolean", description: "Stop when the last client of /api/events has left" },
    "shutdown-delay": { type: "integer", hint: "ms", description: "How long to wait before that" },
    version: { type: "boolean", description: "Print the version that clients are told" },
  },
  run: (values, { terminal, runtime, globals }) =>
    runMcpHub(
      [
        ...(values.version ? ["--version"] : []),
        ...(values.port === undefined ? [] : ["--port", values.port]),
        ...(globals.config ?? []).map((path) => `--config=${path}`),
        ...(values.watch ? ["--watch"] : []),
        ...(values["auto-shutdown"] ? ["--auto-shutdown"] : []),
        ...(values["shutdown-delay"] === undefined ? [] : ["--shutdown-delay", String(values["shutdown-delay"])]),
      ],
      { terminal, runtime },
    ),
});

export const compat = commandGroup("compat", "Stand in for other programs: mcp-hub", { "mcp-hub": async () => mcpHub });
