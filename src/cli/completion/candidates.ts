import { kebab, type Flags } from "../flags.ts";
import { choicesOf, itemSchema, kindOf, resolveSchema, type JsonSchema } from "../json-schema.ts";
import type { CommandGroup, RootTable } from "../command.ts";
import type { NameSource } from "./name-source.ts";

export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

/** The first words of the command line; those that begin with a line are for programs. */
export const rootCandidates = (root: RootTable): Candidate[] =>
  Object.entries(root)
    .filter(([name]) => !name.startsWith("_"))
    .map(([value, { summary }]) => ({ value, description: summary }));

export const memberCandidates = ({ members }: CommandGroup): Promise<Candidate[]> =>
  Promise.all(Object.entries(members).map(async ([value, load]) => ({ value, description: (await load()).summary })));

/** Flags by their kebab names, a boolean that is on by default in its `no-` form. */
export const flagCandidates = (flags: Flags, root: JsonSchema = {}): Candidate[] =>
  Object.entries(flags).map(([key, flag]) => {
    const negated = kindOf(resolveSchema(flag, root)) === "boolean" && flag.default === true;
    return { value: `--${negated ? "no-" : ""}${kebab(key)}`, description: flag.description };
  });

/** The values a schema names. */
export function choiceCandidates(schema: JsonSchema, root: JsonSchema = {}): Candidate[] {
  const resolved = resolveSchema(schema, root);
  const one = kindOf(resolved) === "array" ? resolveSchema(itemSchema(resolved), root) : resolved;
  const choices = choicesOf(one) ?? (kindOf(one) === "boolean" ? [true, false] : []);
  return choices.map((choice) => ({ value: String(choice) }));
}

/** Which list holds the names that a word or flag of a command takes. */
const lists: readonly { readonly area: RegExp; readonly key: RegExp; readonly operation: string }[] = [
  { area: /^servers$/, key: /^name$/, operation: "servers.list" },
  { area: /^(tools|resources|prompts)$/, key: /^source$/, operation: "servers.list" },
  { area: /^(tools|call)$/, key: /^(id|tool)$/, operation: "tools.list" },
  { area: /^prompts$/, key: /^id$/, operation: "prompts.list" },
  { area: /^resources$/, key: /^uri$/, operation: "resources.list" },
];

/** Names that only a hub knows. */
export async function liveCandidates(area: string, key: string, names: NameSource): Promise<Candidate[]> {
  const list = lists.find((candidate) => candidate.area.test(area) && candidate.key.test(key));
  if (!list) return [];
  return Object.entries(await names.names(list.operation)).map(([value, description]) => ({ value, description }));
}
