import { HubError } from "#hub/kernel/errors.ts";
import type { Command, CommandGroup, RootTable } from "./command.ts";
import { nearest } from "./suggest.ts";

export interface ResolvedCommand {
  readonly path: readonly string[];
  readonly target: Command | CommandGroup;
  /** What follows the command's words. */
  readonly rest: readonly string[];
}

/** Finds the command the words name; an unknown one is an error that names the nearest. */
export async function resolveCommand(words: readonly string[], root: RootTable): Promise<ResolvedCommand> {
  const [first = "", second] = words;
  const entry = own(root, first);
  if (!entry) throw unknown(first, Object.keys(root), []);
  const target = await entry.load();
  if (target.kind === "command" || second === undefined || second.startsWith("-")) return { path: [first], target, rest: words.slice(1) };
  const member = own(target.members, second);
  if (!member) throw unknown(second, Object.keys(target.members), [first]);
  return { path: [first, second], target: await member(), rest: words.slice(2) };
}

const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(table, key) ? table[key] : undefined);

function unknown(word: string, known: readonly string[], path: readonly string[]): HubError {
  const prefix = ["hubctl", ...path].join(" ");
  const meant = nearest(word, known);
  return new HubError("VALIDATION", `There is no command ${prefix} ${word}`, {
    hint:
      meant === undefined ? `Run \`${["hubctl", "help", ...path].join(" ")}\` to see the commands` : `Did you mean \`${prefix} ${meant}\`?`,
  });
}
