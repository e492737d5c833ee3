import { HubError } from "#hub/kernel/errors.ts";
import { command } from "../command.ts";
import { checkConfig, checkServerCommands } from "../doctor/check-config.ts";
import { checkMachine } from "../doctor/check-machine.ts";
import { checkDirectories, checkPort, checkSockets } from "../doctor/check-places.ts";
import { checkStore } from "../doctor/check-store.ts";
import type { Examined, Finding } from "../doctor/finding.ts";
import { resetTerminal } from "../doctor/reset-terminal.ts";
import { printJson } from "../output/json.ts";
import { cleanLine } from "../output/sanitize.ts";
import { styles } from "../output/style.ts";
import type { Output } from "../terminal.ts";

export const doctor = command({
  name: "doctor",
  summary: "Check this installation, and say how to mend it",
  description: "Starts no server and changes nothing but a store that is not there yet. Exits with 1 when a check fails.",
  examples: [
    { line: "hubctl doctor", means: "everything" },
    { line: "hubctl doctor --reset-terminal", means: "after a program left the terminal in disorder" },
  ],
  flags: { "reset-terminal": { type: "boolean", description: "Only put the terminal in order" } },
  async run({ "reset-terminal": reset }, { terminal, runtime, disk, globals }) {
    if (reset) return putInOrder(terminal.stdout);
    const found = await examine({ terminal, runtime, disk, globals });
    const ok = found.every(({ status }) => status !== "fail");
    if (globals.json !== undefined) printJson({ ok, checks: found }, terminal);
    else print(globals.quiet ? found.filter(({ status }) => status !== "pass") : found, terminal.stdout);
    return ok ? 0 : 1;
  },
});

async function examine(examined: Examined): Promise<readonly Finding[]> {
  const { found, config } = await checkConfig(examined);
  const rest = await Promise.all([
    config ? checkServerCommands(config, examined) : [],
    checkStore(examined),
    checkDirectories(examined),
    checkSockets(examined),
    checkPort(examined, config),
  ]);
  return [...(await checkMachine(examined)), ...found, ...rest.flat()];
}

function print(found: readonly Finding[], stdout: Output): void {
  const { green, yellow, red, dim } = styles(stdout.colour);
  const marks = { pass: green("PASS"), warn: yellow("WARN"), fail: red("FAIL") };
  const width = Math.max(0, ...found.map(({ check }) => check.length));
  for (const { check, status, message, remedy } of found) {
    stdout.write(`${marks[status]}  ${check.padEnd(width)}  ${cleanLine(message)}\n`);
    if (remedy !== undefined) stdout.write(`      ${" ".repeat(width)}  ${dim(cleanLine(remedy))}\n`);
  }
}

function putInOrder(stdout: Output): void {
  if (!stdout.isTTY)
    throw new HubError("VALIDATION", "Standard output is no terminal", { hint: "Run it in the terminal that is in disorder" });
  stdout.write(resetTerminal);
}
