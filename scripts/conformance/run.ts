import { join } from "node:path";
import { ExpectedFailures, failures, judge, losses, tally, type Loss } from "./compare.ts";
import type { Row } from "./report.ts";
import { startFixture, startHub, type Upstream } from "./subjects.ts";
import { runSuite, type Results, type SpecVersion, type SuiteRun } from "./suite.ts";

const listOfExpected = join(import.meta.dir, "../../tests/conformance/expected-failures.json");

export interface Outcome {
  readonly row: Row;
  readonly results: Results;
}

/** Runs the suite against the everything server itself: what the hub is measured by, and expected to be flawless. */
export async function runDirect(run: Omit<SuiteRun, "url">): Promise<Outcome> {
  await using fixture = await startFixture(run.tasks ? "tasks" : "everything");
  return await measure({ ...run, url: fixture.url }, run.tasks ? "direct, tasks" : "direct", failures);
}

/** Runs the suite through the hub and holds it against the direct run and the list of expected failures. */
export async function runThroughHub(run: Omit<SuiteRun, "url">, direct: Results, upstream: Upstream): Promise<Outcome> {
  await using fixture = await startFixture(upstream);
  await using hub = await startHub(fixture.url);
  return await measure({ ...run, url: hub.url }, subjects[upstream], (results) => losses(direct, results));
}

const subjects: Record<Upstream, string> = { everything: "hub", legacy: "hub, older server", tasks: "hub, tasks" };

/** Runs the suite against a server that somebody else has started. */
export function runAgainst(run: SuiteRun): Promise<Outcome> {
  return measure(run, run.url, failures);
}

async function measure(run: SuiteRun, subject: string, lossesOf: (results: Results) => Loss[]): Promise<Outcome> {
  const started = performance.now();
  const results = await runSuite(run);
  const seconds = (performance.now() - started) / 1000;
  const expected = await expectedFor(run, subject);
  const verdict = judge(lossesOf(results), expected);
  return { results, row: { specVersion: run.specVersion, subject, ...tally(results), verdict, seconds } };
}

/** The list names the subject as well where it is not the hub in its usual place: `2026-07-28 hub, older server`. */
async function expectedFor({ specVersion, scenario }: SuiteRun, subject: string): Promise<Record<string, string>> {
  const all = ExpectedFailures.parse(await Bun.file(listOfExpected).json());
  const listed = all[expectationKey(specVersion, subject)] ?? {};
  if (!scenario) return listed;
  return Object.fromEntries(Object.entries(listed).filter(([key]) => key === scenario || key.startsWith(`${scenario}:`)));
}

const expectationKey = (specVersion: SpecVersion, subject: string) => (subject === "hub" ? specVersion : `${specVersion} ${subject}`);
