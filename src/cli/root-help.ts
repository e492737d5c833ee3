import { globalFlags } from "./global-flags.ts";
import { rootGroups, rootTable } from "./root.ts";
import { styles } from "./output/style.ts";
import type { Output } from "./terminal.ts";

const examples = [
  ["hubctl serve --config servers.json", "run the hub"],
  ["hubctl servers list", "see what is behind it"],
  ["hubctl call slack.messages.post --channel C1 --text hi", "call a tool"],
] as const;

/** `hubctl --help`, from tables alone. */
export function rootHelp({ colour }: Pick<Output, "colour">): string {
  const { bold, dim } = styles(colour);
  const rows = (pairs: readonly (readonly [string, string])[]) => {
    const width = Math.max(...pairs.map(([left]) => left.length));
    return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  };
  const groups = rootGroups.flatMap((group) => {
    const entries = Object.entries(rootTable).filter(([, entry]) => entry.group === group);
    return ["", bold(group), ...rows(entries.map(([name, { summary }]) => [name, summary]))];
  });
  const flags = Object.entries(globalFlags).map(([name, flag]) => {
    const hint = "hint" in flag ? ("bare" in flag ? `[=${flag.hint}]` : ` <${flag.hint}>`) : "";
    return [`${"alias" in flag ? `-${flag.alias}, ` : "    "}--${name}${hint}`, flag.description] as const;
  });
  return [
    "hubctl stands between AI clients and the MCP servers they use.",
    "",
    bold("Examples"),
    ...examples.flatMap(([line, means]) => [`  ${line}  ${dim(`# ${means}`)}`]),
    ...groups,
    "",
    bold("Flags"),
    ...rows([...flags, ["    --version", "Print the version"]]),
    "",
    "hubctl help <command> tells more.",
    "",
  ].join("\n");
}
