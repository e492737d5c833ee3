import type { Command, CommandGroup } from "#cli/command.ts";
import { commandHelp, loadMembers } from "#cli/help.ts";
import { rootHelp } from "#cli/root-help.ts";
import { rootGroups, rootTable } from "#cli/root.ts";
import { page, type Generator } from "./generated.ts";

/** Help as it looks on a wide terminal without colour. */
const plain = { colour: false, columns: 120 };
const block = (text: string) => `\`\`\`text\n${text.trim()}\n\`\`\``;

/** `docs/reference/cli.md`: the help of every command, as the program prints it. */
export const cliReference: Generator = async () => {
  const sections: string[] = [];
  for (const group of rootGroups)
    for (const [name, entry] of Object.entries(rootTable))
      if (entry.group === group) sections.push(...(await sectionsOf(name, await entry.load())));
  return [{ path: "docs/reference/cli.md", text: page("Commands", block(rootHelp(plain)), ...sections) }];
};

async function sectionsOf(name: string, found: Command | CommandGroup): Promise<string[]> {
  if (found.kind === "command") return [`## hubctl ${name}`, block(commandHelp([name], found, plain))];
  const { summary, members } = await loadMembers(found);
  const each = members.flatMap(({ name: verb, command }) => [
    `### hubctl ${name} ${verb}`,
    block(commandHelp([name, verb], command, plain)),
  ]);
  return [`## hubctl ${name}`, `${summary}.`, ...each];
}
