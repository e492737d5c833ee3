import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ExpectedFailures, failures, judge, tally } from "./compare.ts";
import type { Row } from "./report.ts";
import { Check, findNode, suite, type SpecVersion } from "./suite.ts";

const driver = join(import.meta.dir, "client-driver.ts");
const listOfExpected = join(import.meta.dir, "../../tests/conformance/expected-failures.json");

/** Revisions whose client scenarios are about signing in. */
export const CLIENT_VERSIONS = ["2025-11-25", "2026-07-28"] as const satisfies readonly SpecVersion[];

export interface ClientRun {
  readonly specVersion: SpecVersion;
  /** One scenario instead of all that are about signing in, extensions included. */
  readonly scenario?: string | undefined;
}

/** Lets the suite play authorization server and MCP server, with a hub as the client under test. */
export async function runAsClient({ specVersion, scenario }: ClientRun): Promise<Row> {
  const started = performance.now();
  const known = await listScenarios(specVersion);
  const scenarios = scenario ? known.filter((name) => name === scenario) : known;
  const results = new Map<string, readonly Check[]>();
  for (const name of scenarios) results.set(name, await runScenario(name, specVersion));
  const verdict = judge(failures(results), await expectedFor(specVersion, scenarios));
  return { specVersion, subject: "client", ...tally(results), verdict, seconds: (performance.now() - started) / 1000 };
}

/** The scenarios of the revision, then those of extensions, which belong to none. */
async function listScenarios(specVersion: SpecVersion): Promise<string[]> {
  const child = Bun.spawn([findNode(), suite, "list", "--client"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = (await child.stdout.text()).split("\n").map((line) => /^ +- (auth\/\S+) \[(.+)\]$/.exec(line));
  const of = (wanted: string) => lines.flatMap((match) => (match?.[2]?.split(",").includes(wanted) ? [match[1]!] : []));
  return [...of(specVersion), ...of("extension")];
}

async function runScenario(scenario: string, specVersion: SpecVersion): Promise<readonly Check[]> {
  const directory = await mkdtemp(join(tmpdir(), "hubctl-conformance-"));
  try {
    const argv = [suite, "client", "--command", `${process.execPath} ${driver}`, "--scenario", scenario, "--spec-version", specVersion];
    const child = Bun.spawn([findNode(), ...argv, "--force", "--timeout", "40000", "-o", directory], { stdio: ["ignore", "pipe", "pipe"] });
    const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    const exit = await child.exited;
    const [file] = await Array.fromAsync(new Bun.Glob("**/checks.json").scan({ cwd: directory }));
    if (file === undefined) throw new Error(`The conformance suite did not run ${scenario}:\n${out}${err}`);
    const checks = z.array(Check).parse(await Bun.file(join(directory, file)).json());
    // The suite also fails a client that ended badly, which is no check of its own.
    const isAccountedFor = exit === 0 || checks.some(({ status }) => status === "FAILURE" || status === "WARNING");
    return isAccountedFor ? checks : [...checks, { id: "client-exit", status: "FAILURE", errorMessage: "the client ended with an error" }];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function expectedFor(specVersion: SpecVersion, scenarios: readonly string[]): Promise<Record<string, string>> {
  const listed = ExpectedFailures.parse(await Bun.file(listOfExpected).json())[`${specVersion} client`] ?? {};
  return Object.fromEntries(Object.entries(listed).filter(([key]) => scenarios.some((name) => key === name || key.startsWith(`${name}:`))));
}
