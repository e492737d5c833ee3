import type { z } from "zod";
import type { Plan, UpdateDiff } from "#hub/marketplace/schema.ts";
import { cleanText } from "../output/sanitize.ts";
import { styles } from "../output/style.ts";
import type { Output } from "../terminal.ts";

type PlanOf = z.output<typeof Plan>;

/** Everything a person agrees to, before anything is written; on stderr, for stdout is for the result. */
export function printPlan(plan: PlanOf, stderr: Output): void {
  const { bold, yellow } = styles(stderr.colour);
  const { permissions, package: pack } = plan;
  const lines: (readonly [string, string | undefined])[] = [
    ["Server", `${plan.title} (${plan.name} ${plan.version})`],
    ["Publisher", `${plan.publisher}, listed by ${plan.source}`],
    ["Package", pack && `${pack.type} ${pack.identifier} ${pack.version}`],
    ["Hash", pack?.integrity],
    ["Runs", permissions.argv && permissions.argv.map(quoted).join(" ")],
    ["Address", permissions.url],
    ["Variables", permissions.env.join(", ")],
    ["Headers", permissions.headers.join(", ")],
    ["Contacts", [...permissions.origins, ...(permissions.unrestricted ? ["and whatever the program likes"] : [])].join(", ")],
    ["Written to", `${plan.file} as ${plan.server}`],
  ];
  const shown = lines.filter((line): line is readonly [string, string] => line[1] !== undefined && line[1] !== "");
  const width = Math.max(...shown.map(([name]) => name.length));
  for (const [name, text] of shown) stderr.write(`${bold(name.padEnd(width))}  ${cleanText(text)}\n`);
  for (const warning of plan.warnings) stderr.write(`${yellow("warning:")} ${cleanText(warning)}\n`);
}

/** What an update changes of what was agreed to. */
export function printDiff({ version, argv, env, origins, tools, warnings }: z.output<typeof UpdateDiff>, stderr: Output): void {
  const { yellow } = styles(stderr.colour);
  const line = (text: string) => stderr.write(`${cleanText(text)}\n`);
  line(`Version    ${version.from} → ${version.to}`);
  if (argv) {
    line(`Ran        ${argv.from.map(quoted).join(" ")}`);
    line(`Will run   ${argv.to.map(quoted).join(" ")}`);
  }
  const changes = [["Variables", env] as const, ["Contacts", origins] as const, ...(tools ? [["Tools", tools] as const] : [])];
  for (const [name, { added, removed }] of changes)
    if (added.length + removed.length > 0)
      line(`${name.padEnd(9)}  ${[...added.map((one) => `+${one}`), ...removed.map((one) => `-${one}`)].join(" ")}`);
  if (tools && tools.changed.length > 0) line(`Tools that say something else: ${tools.changed.join(", ")}`);
  for (const warning of warnings) stderr.write(`${yellow("warning:")} ${cleanText(warning)}\n`);
}

/** The limits of each argument have to be seen. */
const quoted = (argument: string) => (/^[\w@%+=:,./{}…-]+$/.test(argument) ? argument : JSON.stringify(argument));
