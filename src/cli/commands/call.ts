import { HubError } from "#hub/kernel/errors.ts";
import { command, type CliContext } from "../command.ts";
import type { Connection } from "../connection.ts";
import { parseDuration } from "../output/duration.ts";
import { printJson } from "../output/json.ts";
import { createMessages } from "../output/messages.ts";
import { showProgress } from "../output/progress.ts";
import type { JsonObject } from "../tool-call/argument-path.ts";
import { exampleArguments } from "../tool-call/command-line.ts";
import { printToolResult, type ToolResult } from "../tool-call/print-tool-result.ts";
import { readArguments, type ArgumentSources } from "../tool-call/read-arguments.ts";
import { exampleLine, missingError, toolHelp, type ToolDetail } from "../tool-call/tool-help.ts";
import { missingKeys, propertiesOf } from "../tool-call/tool-schema.ts";

export const call = command({
  name: "call",
  summary: "Call one tool",
  description: [
    "Flags of hubctl go before the tool, everything after it belongs to the tool. A value is read by the type the tool's",
    "schema declares, so an id of digits stays a string. A tool that fails exits with 7.",
    "",
    "  --key value   key=value      by the declared type",
    "  key:=json                    JSON, always",
    "  key=@file     key:=@file     from a file; @- is standard input, @@ a literal @",
    "  a.b=1  list[]=x  list[0].k=y inside objects and lists",
    "  @file         -              all arguments as one JSON object",
  ].join("\n"),
  examples: [
    { line: "hubctl call slack.messages.post --channel C1 --text hi", means: "two strings" },
    { line: "hubctl call slack.messages.post channel=C1 blocks:=@blocks.json", means: "JSON from a file" },
    { line: "hubctl call slack.messages.post --help", means: "what this tool takes" },
    { line: 'echo \'{"query":"oauth"}\' | hubctl call --json memory.search -', means: "a script" },
  ],
  flags: {
    tool: { type: "string", description: "Tool id, <source>.<tool>" },
    args: { type: "string", hint: "json|@file|-", description: "All arguments as a JSON object; later ones override its keys" },
    output: { type: "string", alias: "o", hint: "dir", description: "Save images, audio and other blobs here" },
    timeout: { type: "string", hint: "30s", description: "How long to wait for the result" },
    "dry-run": { type: "boolean", description: "Print what would be sent, and send nothing" },
    example: { type: "boolean", description: "Print the shortest call the tool accepts" },
  },
  positional: ["tool"],
  required: ["tool"],
  passThrough: true,
  async run(flags, context, tokens) {
    const { terminal, globals, signal } = context;
    const timeoutMs = flags.timeout === undefined ? undefined : parseDuration(flags.timeout, "--timeout");
    const json = globals.json !== undefined;
    await using connection = await context.connect(globals);
    const tool = (await connection.invoke("tools.show", { id: flags.tool }, { signal })) as ToolDetail;
    if (asksForHelp(tokens, tool)) return terminal.stdout.write(toolHelp(tool, terminal.stdout));
    if (flags.example)
      return json
        ? printJson(exampleArguments(tool.inputSchema), terminal)
        : terminal.stdout.write(`${exampleLine(tool.id, tool.inputSchema)}\n`);
    const args = await readArguments(tokens, { schema: tool.inputSchema, sources: argumentSources(context), base: flags.args });
    const missing = missingKeys(args, tool.inputSchema);
    if (missing.length > 0) throw missingError(tool.id, missing, tool.inputSchema);
    if (flags["dry-run"]) return printJson({ tool: tool.id, arguments: args }, terminal);
    const started = context.runtime.clock.monotonic();
    const result = await callTool(connection, { id: tool.id, arguments: args, timeoutMs }, context);
    return printToolResult(result, {
      terminal,
      disk: context.disk,
      json,
      ms: context.runtime.clock.monotonic() - started,
      tool: tool.id,
      output: flags.output,
      say: (message) => createMessages(terminal, globals).info(message),
    });
  },
});

function asksForHelp(tokens: readonly string[], { inputSchema }: ToolDetail): boolean {
  const before = tokens.includes("--") ? tokens.slice(0, tokens.indexOf("--")) : tokens;
  return before.includes("--help") && !Object.hasOwn(propertiesOf(inputSchema, inputSchema), "help");
}

async function callTool(
  connection: Connection,
  input: { id: string; arguments: JsonObject; timeoutMs?: number },
  { terminal, globals, signal }: CliContext,
): Promise<ToolResult> {
  using progress = showProgress(terminal.stderr, globals);
  return (await connection.invoke("tools.call", input, { signal, onProgress: progress.report })) as ToolResult;
}

function argumentSources({ terminal, runtime }: CliContext): ArgumentSources {
  let stdin: Promise<string> | undefined;
  return {
    async file(path) {
      const text = await runtime.files.read(path);
      if (text !== undefined) return text;
      throw new HubError("VALIDATION", `There is no file ${path}`, { hint: "Write @@ for a value that begins with @" });
    },
    stdin: () => {
      if (stdin) throw new HubError("VALIDATION", "Standard input can be read once only", { hint: "Use @file for the other" });
      return (stdin = terminal.stdin.text());
    },
  };
}
