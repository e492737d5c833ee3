import type { ImportPlan, ImportState, PlannedServer } from "#hub/clients/import-plan.ts";
import type { CliContext } from "../command.ts";
import { printJson, selectFields } from "../output/json.ts";
import { createMessages } from "../output/messages.ts";
import { cleanText } from "../output/sanitize.ts";
import { printTable } from "../output/table.ts";

export interface ImportReport {
  readonly plan: ImportPlan;
  /** The configuration. */
  readonly path: string;
  readonly diff: string;
  readonly keepSecrets: boolean;
  readonly dryRun: boolean;
  readonly backup?: string;
}

const means: Readonly<Record<ImportState, string>> = {
  new: "",
  renamed: "the name is taken by another server",
  same: "is there already",
  conflict: "the name is taken by another server; --rename takes it over as well",
  refused: "",
  self: "is this hub",
};

/** Shows what an import does, or did. Values of secrets are in none of it. */
export function printImport(
  { plan, path, diff, keepSecrets, dryRun, backup }: ImportReport,
  { terminal, runtime, globals }: CliContext,
): void {
  const written = plan.servers.filter(({ state }) => state === "new" || state === "renamed");
  if (globals.json !== undefined) {
    const items = plan.servers.map(({ entry: _, ...server }) => server);
    const result = { items, config: path, written: dryRun ? 0 : written.length, dryRun, backup, diff };
    return printJson(selectFields(result, globals.json), terminal);
  }
  const messages = createMessages(terminal, globals);
  const rows = plan.servers.map((server) => ({
    state: server.state,
    name: nameOf(server),
    from: server.from,
    note: [means[server.state], ...server.notes].filter(Boolean).join("; "),
  }));
  if (rows.length > 0) printTable(rows, { stdout: terminal.stdout, now: runtime.clock.now(), columns: ["state", "name", "from", "note"] });
  if (written.length === 0)
    return messages.info(rows.length === 0 ? "No client has a server to take over" : "There is nothing to take over");
  if (!globals.quiet && terminal.stdout.isTTY) terminal.stdout.write(`\n${cleanText(diff)}`);
  const secrets = written.flatMap(({ key, file, secrets: found }) =>
    found.map(({ variable, field }) => ({ variable, where: `${key}.${field} of ${file}` })),
  );
  if (secrets.length === 0) return;
  if (keepSecrets) return messages.warn(`Secrets are written as they stand: ${secrets.map(({ where }) => where).join(", ")}`);
  messages.warn(
    "Secrets stand in plain in the clients' files. The configuration gets placeholders; set these variables where the hub runs:",
  );
  const first = new Map(secrets.toReversed().map(({ variable, where }) => [variable, where]));
  for (const [variable, where] of [...first].toReversed()) messages.info(`  export ${variable}=…   # now in ${where}`);
}

const nameOf = ({ name, as }: PlannedServer) => (as === name ? name : `${name} → ${as}`);
