import { defineCommand } from "citty";
import { parseArguments } from "./args.ts";
import { commandGroup, mergeGlobals, type CliContext, type Command, type CommandGroup, type Example } from "./command.ts";
import { kebab, type ArgumentSpec, type Flags } from "./flags.ts";
import { globalFlags } from "./global-flags.ts";
import { describeType, resolveSchema, type JsonSchema } from "./json-schema.ts";
import type { OperationEntry } from "./operation-manifest.ts";
import { createMessages } from "./output/messages.ts";
import { showProgress } from "./output/progress.ts";
import { printResult } from "./output/result.ts";

export interface AreaOptions {
  readonly summary: string;
  /** Commands of the area that are no operations; they win over an operation of the same name. */
  readonly own?: CommandGroup["members"];
  readonly manifest: readonly OperationEntry[];
}

/** All commands of an area: its operations, and those written by hand. */
export function areaCommands(name: string, { summary, own = {}, manifest }: AreaOptions): CommandGroup {
  const derived = manifest
    .filter(({ area }) => area === name)
    .map((entry) => [kebab(entry.verb), async () => operationCommand(entry)] as const);
  return commandGroup(name, summary, { ...Object.fromEntries(derived), ...own });
}

/** The command of one operation: its flags are the properties of its input schema. */
export function operationCommand(entry: OperationEntry): Command {
  const flags: Flags = entry.input.properties ?? {};
  const own: ArgumentSpec = { flags, positional: entry.positional, required: entry.input.required, root: entry.input };
  const spec: ArgumentSpec = { ...own, flags: { ...globalFlags, ...flags } };
  const run = (rawArgs: readonly string[], context: CliContext) => {
    const { values } = parseArguments(rawArgs, spec);
    const input = Object.fromEntries(Object.entries(values).filter(([key]) => key in flags));
    return runOperation(entry, input, { ...context, globals: mergeGlobals(context.globals, values, flags) });
  };
  return {
    ...defineCommand({
      meta: { name: entry.verb, description: entry.summary },
      run: ({ rawArgs, data }) => run(rawArgs, data as CliContext),
    }),
    kind: "command",
    summary: entry.summary,
    description: entry.description,
    examples: [exampleOf(entry)],
    spec: own,
  };
}

/** A check that found something wrong (`ok: false`) has answered, and yet a script must not take it for a yes. */
async function runOperation(entry: OperationEntry, input: Record<string, unknown>, context: CliContext): Promise<number> {
  const { terminal, globals, signal } = context;
  await using connection = await context.connect(globals);
  using progress = showProgress(terminal.stderr, globals);
  const result = await connection.invoke(entry.name, input, { signal, onProgress: progress.report });
  progress.clear();
  printResult(result, { operation: entry.name, terminal, json: globals.json, now: context.runtime.clock.now() });
  if (isObject(result) && result["nextCursor"] !== undefined && globals.json === undefined)
    createMessages(terminal, globals).info(`There are more: add --cursor=${String(result["nextCursor"])}`);
  return isObject(result) && result["ok"] === false ? 1 : 0;
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === "object";

/** A line that works as it stands, but for the names in it. */
function exampleOf({ area, verb, positional = [], input }: OperationEntry): Example {
  const words = positional.filter((key) => input.required?.includes(key)).map((key) => sampleOf(input.properties?.[key] ?? {}, key, input));
  const flags = (input.required ?? [])
    .filter((key) => !positional.includes(key))
    .map((key) => `--${kebab(key)} ${sampleOf(input.properties?.[key] ?? {}, key, input)}`);
  return { line: ["hubctl", area, kebab(verb), ...words, ...flags].join(" "), means: "" };
}

function sampleOf(schema: JsonSchema, key: string, root: JsonSchema): string {
  const resolved = resolveSchema(schema, root);
  const [sample] = resolved.examples ?? resolved.enum ?? [];
  if (sample !== undefined) return String(sample);
  return samples[key] ?? `<${describeType(schema, root) === "string" ? kebab(key) : describeType(schema, root)}>`;
}

const samples: Readonly<Record<string, string>> = { name: "github", query: "issues", uri: "file:///notes.md", server: "github" };
