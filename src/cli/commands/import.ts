import { resolve } from "node:path";
import { clientIds } from "#hub/clients/client-table.ts";
import { openForeign, replaceForeign } from "#hub/clients/foreign-file.ts";
import { planImport, type ImportPlan, type PlannedServer } from "#hub/clients/import-plan.ts";
import { unifiedDiff } from "#hub/clients/unified-diff.ts";
import { defaultConfigFiles } from "#hub/config/default-files.ts";
import { parseLayer } from "#hub/config/layer.ts";
import { configError } from "#hub/config/problem.ts";
import { pathsOf } from "#hub/kernel/paths.ts";
import { wantConsent } from "../clients/consent.ts";
import { fileWorld } from "../clients/disk-world.ts";
import { readSources } from "../clients/import-sources.ts";
import { printImport } from "../clients/print-import.ts";
import { command, type CliContext } from "../command.ts";
import { createMessages } from "../output/messages.ts";

export const importServers = command({
  name: "import",
  summary: "Take over the servers of Claude, Cursor, VS Code and others",
  description:
    "Shows what it would take over, asks, and adds it to the configuration of this user (or the file at --config); nothing else in that file changes, and a backup stays beside it. Secrets that stand in a client's file in plain become placeholders, and you are told which variables have to hold them. Files of the current directory may be somebody else's work, so they count only with --project.",
  examples: [
    { line: "hubctl import", means: "the servers of every client of this user" },
    { line: "hubctl import cursor vscode --dry-run", means: "only look at what two of them have" },
    { line: "hubctl import ./mcp.json --yes", means: "a file, without a question" },
  ],
  flags: {
    from: {
      type: "array",
      items: { type: "string" },
      hint: "client|file",
      description: `${clientIds.join(", ")}, or a file; else every client`,
    },
    project: { type: "boolean", description: "Also the clients' files in this directory" },
    rename: { type: "boolean", description: "Take over a server whose name is taken as name-2; else it is left out" },
    "keep-secrets": { type: "boolean", description: "Write secrets as they stand, into a file that only you can read" },
    "dry-run": { type: "boolean", description: "Only show what would be done" },
    yes: { type: "boolean", alias: "y", description: "Do not ask" },
  },
  positional: ["from"],
  run: (
    { from = [], project = false, rename = false, "keep-secrets": keepSecrets = false, "dry-run": dryRun = false, yes = false },
    context,
  ) => importInto({ from, project, rename, keepSecrets, dryRun, yes }, context),
});

interface ImportFlags {
  readonly from: readonly string[];
  readonly project: boolean;
  readonly rename: boolean;
  readonly keepSecrets: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

async function importInto({ from, project, rename, keepSecrets, dryRun, yes }: ImportFlags, context: CliContext): Promise<void> {
  const { globals, terminal } = context;
  const world = fileWorld(context);
  const path = await configPath(context);
  const [sources, file] = await Promise.all([readSources(from, project, context), openForeign(path, world)]);
  const text = file.text ?? "";
  const plan = planImport(sources, { text, file: path, rename, keepSecrets, ports: portsOf(text, path) });
  const { problems } = layerOf(plan.text, path);
  if (problems.length > 0) throw configError(problems);

  const report = { plan, path, keepSecrets, diff: unifiedDiff(path, text, plan.text) };
  if (dryRun || plan.text === text) return printImport({ ...report, dryRun }, context);
  if (globals.json === undefined) printImport({ ...report, dryRun: true }, context);
  await wantConsent(`Write this into ${path}?`, yes, context);
  const makePrivate = keepSecrets && hasSecrets(plan);
  const backup = await replaceForeign(file, { text: plan.text, fresh: { file: 0o600, directory: 0o700 }, makePrivate }, world);
  if (globals.json !== undefined) return printImport({ ...report, dryRun: false, backup }, context);
  createMessages(terminal, globals).success(`Wrote ${path}${backup === undefined ? "" : `; what was there is in ${backup}`}`);
}

async function configPath({ runtime, globals }: CliContext): Promise<string> {
  const given = globals.config?.[0];
  if (given !== undefined) return resolve(runtime.host.cwd, given);
  return (await defaultConfigFiles({ paths: pathsOf(runtime), files: runtime.files }))[0]!;
}

const hasSecrets = ({ servers }: ImportPlan) => servers.some(({ secrets }: PlannedServer) => secrets.length > 0);

/** Where this hub listens, now or by default. */
function portsOf(text: string, path: string): number[] {
  return [layerOf(text, path).rest.hub?.port ?? 37_373, 37_373];
}

/** A file that is not there yet is an empty one. */
const layerOf = (text: string, path: string) => parseLayer(text.trim() === "" ? "{}" : text, path);
