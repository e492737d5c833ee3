import { planConnection, planUndo, type PlannedChange, type Target } from "#hub/clients/client-connection.ts";
import { clientIds } from "#hub/clients/client-table.ts";
import { entryFor } from "#hub/clients/own-entry.ts";
import { unifiedDiff } from "#hub/clients/unified-diff.ts";
import { HubError } from "#hub/kernel/errors.ts";
import { wantConsent } from "../clients/consent.ts";
import { connectionWorld, placeOf } from "../clients/connection-world.ts";
import { listClients } from "../clients/list-clients.ts";
import { ownEntry } from "../clients/own-way-in.ts";
import { command, type CliContext } from "../command.ts";
import { printJson, selectFields } from "../output/json.ts";
import { createMessages } from "../output/messages.ts";
import { cleanText } from "../output/sanitize.ts";

export const clientConnect = command({
  name: "connect",
  summary: "Write the hub into the configuration of Claude, Cursor, VS Code and others",
  description:
    "Shows the change, asks, and writes one entry into the client's own file: nothing else in it changes, and a backup stays beside it. Then it does what the client will do with that entry, and says how many tools it lists. No secret is written: where the hub wants a token, the entry names the variable HUBCTL_TOKEN.",
  examples: [
    { line: "hubctl connect cursor", means: "for this user" },
    { line: "hubctl connect vscode --project --dry-run", means: "only show what would change in .vscode/mcp.json" },
    { line: "hubctl connect cursor --undo", means: "take it back" },
    { line: "hubctl connect --list", means: "which clients are here, and which are connected" },
  ],
  flags: {
    client: { type: "string", enum: clientIds, description: "Whose configuration" },
    list: { type: "boolean", description: "Show the clients on this machine, and change nothing" },
    project: { type: "boolean", description: "In the file of this directory, in place of the user's" },
    name: { type: "string", description: "Name of the entry; else hubctl" },
    http: { type: "boolean", description: "By URL, to a hub that runs; else for every client that can" },
    stdio: { type: "boolean", description: "By command, which the client starts itself" },
    undo: { type: "boolean", description: "Take back what an earlier connect did; what others changed since stays" },
    "skip-probe": { type: "boolean", description: "Do not try the entry out" },
    "dry-run": { type: "boolean", description: "Only show what would be done" },
    yes: { type: "boolean", alias: "y", description: "Do not ask" },
  },
  positional: ["client"],
  async run({ client, list, project, name = "hubctl", http, stdio, undo, "skip-probe": skipProbe, "dry-run": dryRun, yes }, context) {
    if (list) return listClients(context);
    if (client === undefined)
      throw new HubError("VALIDATION", "Which client?", { hint: `Name one of ${clientIds.join(", ")}, or add --list` });
    if (http && stdio) throw new HubError("VALIDATION", "--http and --stdio exclude each other");
    const target: Target = { place: await placeOf(client, project === true, context), name };
    const consent = { dryRun: dryRun === true, yes: yes === true };
    if (undo) return takeBack(target, consent, context);
    return connectClient(target, { ...consent, skipProbe: skipProbe === true, way: http ? "http" : stdio ? "stdio" : undefined }, context);
  },
});

interface Consent {
  readonly dryRun: boolean;
  readonly yes: boolean;
}

interface ConnectOptions extends Consent {
  readonly skipProbe: boolean;
  readonly way: "http" | "stdio" | undefined;
}

async function connectClient(target: Target, options: ConnectOptions, context: CliContext): Promise<void> {
  const { place, name } = target;
  const messages = createMessages(context.terminal, context.globals);
  const own = await ownEntry(place, options.way, context);
  const entry = entryFor(place.client, own);
  const change = await planConnection(target, entry, connectionWorld(context));
  const backup = await carryOut(change, { ...options, question: `Write this into ${place.path}?` }, context);
  if (change.isNoChange) messages.info(`${name} is in ${place.path} already`);
  else if (!options.dryRun) messages.success(`Wrote ${place.path}${backup === undefined ? "" : `; what was there is in ${backup}`}`);
  const tools = options.dryRun || options.skipProbe ? undefined : await tryOut(target, own.kind, context);
  if (tools !== undefined) messages.success(`The entry works: ${tools} ${tools === 1 ? "tool" : "tools"}`);
  printOutcome(
    { target, change, state: options.dryRun ? "planned" : change.isNoChange ? "unchanged" : "connected", backup, tools, entry },
    context,
  );
}

async function takeBack(target: Target, consent: Consent, context: CliContext): Promise<void> {
  const change = await planUndo(target, connectionWorld(context));
  const backup = await carryOut(
    change,
    { ...consent, question: `Take ${target.name} out of ${target.place.path}?`, always: true },
    context,
  );
  if (!consent.dryRun)
    createMessages(context.terminal, context.globals).success(
      change.isNoChange ? `${target.name} was not in ${target.place.path} any more` : `Took ${target.name} out of ${target.place.path}`,
    );
  printOutcome({ target, change, state: consent.dryRun ? "planned" : "undone", backup }, context);
}

interface CarryOut extends Consent {
  readonly question: string;
  /** Also where the text stays the same. */
  readonly always?: boolean;
}

async function carryOut(
  change: PlannedChange,
  { dryRun, yes, question, always = false }: CarryOut,
  context: CliContext,
): Promise<string | undefined> {
  const { terminal, globals } = context;
  if (globals.json === undefined && !globals.quiet) terminal.stdout.write(cleanText(diffOf(change)));
  if (dryRun || (change.isNoChange && !always)) return undefined;
  if (!change.isNoChange) await wantConsent(question, yes, context);
  return change.apply();
}

const diffOf = ({ file, after }: PlannedChange) => unifiedDiff(file.path, file.text ?? "", after ?? "");

async function tryOut(target: Target, kind: "http" | "stdio", context: CliContext): Promise<number> {
  const { probe } = await import("../clients/probe.ts");
  try {
    return await probe(target, context);
  } catch (cause) {
    const { code, message, hint } = HubError.from(cause);
    const start = `Start the hub with \`hubctl serve\`, or have the client start it: \`hubctl connect ${target.place.client} --stdio\``;
    throw new HubError(code, `The entry is in ${target.place.path}, but does not work yet: ${message}`, {
      cause,
      hint: kind === "http" ? start : hint,
      details: { file: target.place.path },
    });
  }
}

interface Outcome {
  readonly target: Target;
  readonly change: PlannedChange;
  readonly state: "planned" | "unchanged" | "connected" | "undone";
  readonly backup: string | undefined;
  readonly tools?: number;
  readonly entry?: object;
}

function printOutcome({ target: { place, name }, change, ...outcome }: Outcome, { terminal, globals }: CliContext): void {
  if (globals.json === undefined) return;
  const { client, scope, path } = place;
  printJson(selectFields({ client, scope, file: path, name, ...outcome, diff: diffOf(change) }, globals.json), terminal);
}
