import type { Command, CommandGroup, Example } from "./command.ts";
import { kebab, type Flag } from "./flags.ts";
import { globalFlags } from "./global-flags.ts";
import { describeType, kindOf, resolveSchema, type JsonSchema } from "./json-schema.ts";
import { cleanLine, cleanText } from "./output/sanitize.ts";
import { styles } from "./output/style.ts";
import type { Output } from "./terminal.ts";

export interface LoadedMember {
  readonly name: string;
  readonly command: Command;
}

export async function loadMembers({
  members,
  summary,
}: CommandGroup): Promise<{ readonly summary: string; readonly members: readonly LoadedMember[] }> {
  const loaded = Object.entries(members).map(async ([name, load]) => ({ name, command: await load() }));
  return { summary, members: await Promise.all(loaded) };
}

type Page = Pick<Output, "colour" | "columns">;

/** Help of a word with commands below it. */
export function groupHelp(
  path: readonly string[],
  { summary, members }: Awaited<ReturnType<typeof loadMembers>>,
  { colour }: Page,
): string {
  const { bold } = styles(colour);
  const name = ["hubctl", ...path].join(" ");
  const rows = members.map(
    ({ name: verb, command }) => [usageOf([...path, verb], command).replace(/^hubctl /, ""), command.summary] as const,
  );
  const example = members[0]?.command.examples[0];
  return [
    summary,
    ...(example ? ["", bold("Example"), ...exampleLines([example], colour)] : []),
    "",
    bold("Commands"),
    ...columns(rows),
    "",
    `${name} <command> --help tells more.`,
    "",
  ].join("\n");
}

/** Help of one command: examples first, then its words and flags. */
export function commandHelp(path: readonly string[], command: Command, { colour }: Page): string {
  const { bold } = styles(colour);
  const { spec } = command;
  const words = Object.entries(spec.flags).filter(([key]) => spec.positional?.includes(key));
  const flags = Object.entries(spec.flags).filter(([key]) => !spec.positional?.includes(key));
  const globals = Object.entries(globalFlags).filter(([key]) => !Object.hasOwn(spec.flags, key));
  const section = (title: string, rows: readonly (readonly [string, string])[]) =>
    rows.length > 0 ? ["", bold(title), ...columns(rows)] : [];
  return [
    command.summary,
    ...(command.description ? ["", cleanText(command.description)] : []),
    ...(command.examples.length > 0 ? ["", bold("Examples"), ...exampleLines(command.examples, colour)] : []),
    "",
    bold("Usage"),
    `  ${usageOf(path, command)}`,
    ...section(
      "Arguments",
      words.map(([key, flag]) => [`<${kebab(key)}>`, flagText(flag, command, key)]),
    ),
    ...section(
      "Flags",
      flags.map(([key, flag]) => [flagName(key, flag, spec.root), flagText(flag, command, key)]),
    ),
    ...section(
      "Global flags",
      globals.map(([key, flag]) => [flagName(key, flag), flag.description]),
    ),
    "",
  ].join("\n");
}

/** The command line's shape: `hubctl servers logs <id> [--lines <integer>] …`. */
export function usageOf(path: readonly string[], { spec }: Command): string {
  const required = new Set(spec.required);
  const words = (spec.positional ?? []).map((key) => {
    const word = `<${kebab(key)}>${kindOf(resolveSchema(spec.flags[key] ?? {}, spec.root ?? {})) === "array" ? "…" : ""}`;
    return required.has(key) ? word : `[${word}]`;
  });
  const flags = [...required]
    .filter((key) => !spec.positional?.includes(key))
    .map((key) => flagName(key, spec.flags[key] ?? {}, spec.root).trim());
  const optional = Object.keys(spec.flags).some((key) => !required.has(key) && !spec.positional?.includes(key));
  const own = [...words, ...flags, ...(spec.passThrough ? ["[arguments]"] : [])];
  return ["hubctl", ...path, ...(spec.passThrough && optional ? ["[flags]", ...own] : [...own, ...(optional ? ["[flags]"] : [])])].join(
    " ",
  );
}

export function flagName(key: string, flag: Flag, root: JsonSchema = flag): string {
  const letter = flag.alias ? `-${flag.alias}, ` : "    ";
  const kind = kindOf(resolveSchema(flag, root));
  const name = kind === "boolean" && flag.default === true ? `--[no-]${kebab(key)}` : `--${kebab(key)}`;
  if (kind === "boolean") return letter + name;
  const hint = flag.hint ?? cleanLine(describeType(flag, root));
  return letter + name + (flag.bare === undefined ? ` <${hint}>` : `[=${hint}]`);
}

export function flagText(flag: Flag, { spec }: { readonly spec: Command["spec"] }, key: string): string {
  const notes = [
    ...(spec.required?.includes(key) ? ["required"] : []),
    ...(flag.default !== undefined && flag.default !== false ? [`default ${JSON.stringify(flag.default)}`] : []),
  ];
  const description = cleanLine(flag.description ?? "");
  return notes.length > 0 ? `${description} (${notes.join(", ")})`.trimStart() : description;
}

export function exampleLines(examples: readonly Example[], colour: boolean): string[] {
  const { dim } = styles(colour);
  return examples.flatMap(({ line, means }) => (means === "" ? [`  ${line}`] : [`  ${line}`, `      ${dim(means)}`]));
}

const widestName = 32;

/** Two columns; a long name gets a line of its own. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(widestName, Math.max(...rows.map(([left]) => Bun.stringWidth(left))));
  return rows.flatMap(([left, right]) => {
    const pad = " ".repeat(Math.max(0, width - Bun.stringWidth(left)));
    return Bun.stringWidth(left) > width ? [`  ${left}`, `  ${" ".repeat(width)}  ${right}`] : [`  ${left}${pad}  ${right}`.trimEnd()];
  });
}
