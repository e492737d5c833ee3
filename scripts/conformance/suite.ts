import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

export const SPEC_VERSIONS = ["2025-06-18", "2025-11-25", "2026-07-28"] as const;
export type SpecVersion = (typeof SPEC_VERSIONS)[number];

const root = join(import.meta.dir, "../..");
export const suite = join(root, "node_modules/@modelcontextprotocol/conformance/dist/index.js");

export const Check = z.object({
  id: z.string(),
  status: z.enum(["SUCCESS", "FAILURE", "WARNING", "SKIPPED", "INFO"]),
  errorMessage: z.string().optional(),
});
export type Check = z.infer<typeof Check>;

/** The checks of one run, by scenario, in the order the suite ran them. */
export type Results = ReadonlyMap<string, readonly Check[]>;

export interface SuiteRun {
  readonly url: string;
  readonly specVersion: SpecVersion;
  /** One scenario instead of all that apply to the version. */
  readonly scenario?: string | undefined;
  /** The scenarios of the tasks extension instead. */
  readonly tasks?: boolean;
}

/** What the suite has for the tasks extension, but not among all that apply to a version. */
const taskScenarios = [
  "lifecycle",
  "capability-negotiation",
  "wire-fields",
  "request-state-removal",
  "mrtr-input",
  "request-headers",
  "dispatch-and-envelope",
  "required-task-error",
  "mrtr-composition",
].map((name) => `tasks-${name}`);

/** Runs the official suite against a server and reads what it found. */
export async function runSuite({ url, specVersion, scenario, tasks }: SuiteRun): Promise<Results> {
  const directory = await mkdtemp(join(tmpdir(), "hubctl-conformance-"));
  try {
    const argv = [suite, "server", "--url", url, "--spec-version", specVersion, "--timeout", "15000", "-o", directory];
    const runs = selectionsOf({ scenario, tasks }).map(async (selection) => {
      const child = Bun.spawn([findNode(), ...argv, ...selection], { stdio: ["ignore", "pipe", "pipe"] });
      const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
      return { said: out + err, failed: (await child.exited) !== 0 };
    });
    const ended = await Promise.all(runs);
    const results = await readResults(directory);
    // A suite that finds failures exits 1 as well; one that leaves no results has not run.
    const broken = ended.find(({ failed }) => failed && results.size === 0);
    if (broken) throw new Error(`The conformance suite did not run:\n${broken.said}`);
    return results;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Scenarios that no version has the suite takes one by one; most of their time is waiting. */
function selectionsOf({ scenario, tasks = false }: Pick<SuiteRun, "scenario" | "tasks">): string[][] {
  if (!tasks) return [scenario ? ["--scenario", scenario] : ["--suite", "all"]];
  return taskScenarios.filter((name) => (scenario ?? name) === name).map((name) => ["--scenario", name, "--force"]);
}

/** One folder per scenario, named `server-<scenario>-<time>`. */
async function readResults(directory: string): Promise<Results> {
  const files = await Array.fromAsync(new Bun.Glob("*/checks.json").scan({ cwd: directory }));
  const timeOf = (file: string) => /\d{4}-\d{2}-\d{2}T.*/.exec(file)?.[0] ?? "";
  const results = new Map<string, Check[]>();
  for (const file of files.toSorted((a, b) => timeOf(a).localeCompare(timeOf(b)))) {
    const scenario = file.replace(/^server-/, "").replace(/-\d{4}-\d{2}-\d{2}T.*/s, "");
    results.set(scenario, z.array(Check).parse(await Bun.file(join(directory, file)).json()));
  }
  return results;
}

/** The suite wants Node 22; the package for this platform holds the executable and nothing else. */
export function findNode(): string {
  const system = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${system}-${process.arch}`;
  const names = [name, name.replace("node-", "node-bin-")];
  const paths = names.map((folder) => join(root, "node_modules", folder, "bin", system === "win" ? "node.exe" : "node"));
  const found = paths.find((path) => existsSync(path));
  if (!found) throw new Error(`There is no ${name} in node_modules, which the conformance suite runs on; run bun install`);
  return found;
}
