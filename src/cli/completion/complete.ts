import type { Command, RootTable } from "../command.ts";
import type { Flags } from "../flags.ts";
import { globalFlags } from "../global-flags.ts";
import type { JsonSchema } from "../json-schema.ts";
import { propertiesOf } from "../tool-call/tool-schema.ts";
import { choiceCandidates, flagCandidates, liveCandidates, memberCandidates, rootCandidates, type Candidate } from "./candidates.ts";
import { readCursor, type Cursor } from "./cursor.ts";
import type { NameSource } from "./name-source.ts";

/** What may stand at the cursor; `files` leaves it to the shell, which knows those best. */
export type Completion = "files" | readonly Candidate[];

export interface CompleteOptions {
  readonly root: RootTable;
  readonly names: NameSource;
}

/** Completes the last of the words after `hubctl`; it may be empty. */
export async function complete(typed: readonly string[], options: CompleteOptions): Promise<Completion> {
  const line = typed[0] === "help" && typed.length > 1 ? typed.slice(1) : typed;
  const found = await completeRoot(line, options);
  return found === "files" ? found : found.filter(({ value }) => value.startsWith(line.at(-1) ?? ""));
}

async function completeRoot(line: readonly string[], { root, names }: CompleteOptions): Promise<Completion> {
  const cursor = readCursor(line, globalFlags);
  const [first, second] = cursor.words;
  if (first === undefined)
    return valuesAt(cursor, {}) ?? (cursor.current.startsWith("-") ? flagCandidates(globalFlags) : rootCandidates(root));
  const area = line[first]!;
  const target = Object.hasOwn(root, area) ? await root[area]!.load() : undefined;
  if (!target) return [];
  if (target.kind === "command") return completeCommand(line.slice(first + 1), { area, command: target, names });
  if (second === undefined) return memberCandidates(target);
  const verb = line[second]!;
  if (!Object.hasOwn(target.members, verb)) return [];
  return completeCommand(line.slice(second + 1), { area, command: await target.members[verb]!(), names });
}

interface CommandPlace {
  readonly area: string;
  readonly command: Command;
  readonly names: NameSource;
}

async function completeCommand(line: readonly string[], { area, command: { spec }, names }: CommandPlace): Promise<Completion> {
  const { positional = [], root = {} } = spec;
  const flags: Flags = { ...globalFlags, ...spec.flags };
  const cursor = readCursor(line, flags, root);
  const [tool] = cursor.words;
  if (spec.passThrough && tool !== undefined) return completeTool(line[tool]!, line.slice(tool + 1), names);
  const values = valuesAt(cursor, root);
  if (values !== undefined && values.length > 0) return values;
  if (cursor.value) return tied(cursor, await liveCandidates(area, cursor.value.key, names));
  if (cursor.current.startsWith("-")) return flagCandidates(flags, root);
  const key = positional[Math.min(cursor.words.length, positional.length - 1)];
  if (key === undefined) return [];
  const choices = choiceCandidates(spec.flags[key] ?? {}, root);
  return choices.length > 0 ? choices : liveCandidates(area, key, names);
}

/** After `hubctl call <tool>` everything belongs to the tool. */
async function completeTool(id: string, line: readonly string[], names: NameSource): Promise<Completion> {
  const schema = await names.toolSchema(id);
  const { current } = readCursor(line, {});
  if (/(?:^|=)@/.test(current)) return "files";
  if (!schema) return [];
  const flags = propertiesOf(schema, schema);
  return (
    valuesAt(readCursor(line, flags, schema), schema) ??
    (current.startsWith("-") ? flagCandidates(flags, schema) : pairCandidates(current, flags, schema))
  );
}

/** `key=`, and behind it the values the schema names. */
function pairCandidates(current: string, flags: Flags, schema: JsonSchema): Candidate[] {
  const equals = current.indexOf("=");
  if (equals < 0) return Object.entries(flags).map(([key, { description }]) => ({ value: `${key}=`, description }));
  const key = current.slice(0, equals);
  return choiceCandidates(Object.hasOwn(flags, key) ? flags[key]! : {}, schema).map(({ value }) => ({ value: `${key}=${value}` }));
}

/** The value of a flag that is being typed, or undefined when none is. */
function valuesAt(cursor: Cursor, root: JsonSchema): Completion | undefined {
  if (!cursor.value) return undefined;
  const { flag } = cursor.value;
  return flag.hint === "file" || flag.hint === "dir" || flag.hint === "path" ? "files" : tied(cursor, choiceCandidates(flag, root));
}

const tied = ({ value }: Cursor, candidates: readonly Candidate[]): Candidate[] =>
  candidates.map((candidate) => ({ ...candidate, value: `${value?.prefix ?? ""}${candidate.value}` }));
