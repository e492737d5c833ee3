/**
 * Runs the official MCP conformance suite against the everything server, directly and through the hub.
 *
 *     bun run conformance [--direct | --client] [--tasks] [--spec-version 2026-07-28] [--scenario ping] [--url http://127.0.0.1:3000/mcp]
 *
 * With --client the hub is the client under test, and the suite plays the servers it signs in at.
 * With --tasks it runs the scenarios of the tasks extension, which belong to no version, and nothing else.
 * Fails when a check fails that is not in tests/conformance/expected-failures.json, and when one that is in it passes.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { CLIENT_VERSIONS, runAsClient } from "./conformance/client.ts";
import { isClean, render, type Row } from "./conformance/report.ts";
import { runAgainst, runDirect, runThroughHub } from "./conformance/run.ts";
import { hasHub, hubBinary } from "./conformance/subjects.ts";
import { SPEC_VERSIONS, type SpecVersion } from "./conformance/suite.ts";

const { values } = parseArgs({
  options: {
    direct: { type: "boolean" },
    client: { type: "boolean" },
    tasks: { type: "boolean" },
    "spec-version": { type: "string" },
    scenario: { type: "string" },
    url: { type: "string" },
  },
});
const versions = values["spec-version"] === undefined ? SPEC_VERSIONS : [z.enum(SPEC_VERSIONS).parse(values["spec-version"])];
const isClientVersion = (version: SpecVersion) => CLIENT_VERSIONS.some((known) => known === version);
if (!values.direct && !values.url && !hasHub()) throw new Error(`There is no ${hubBinary}; run the build, or test --direct`);

const rows: Row[] = [];
for (const specVersion of versions) rows.push(...(await rowsOf(specVersion)));
console.log(render(rows));
await Bun.write(join(import.meta.dir, "../dist/conformance.json"), `${JSON.stringify(rows, null, 2)}\n`);
process.exitCode = rows.every(isClean) ? 0 : 1;

async function rowsOf(specVersion: SpecVersion): Promise<Row[]> {
  const run = { specVersion, scenario: values.scenario, tasks: values.tasks };
  if (values.tasks && specVersion !== "2026-07-28") return [];
  if (values.client) return isClientVersion(specVersion) ? [await runAsClient(run)] : [];
  if (values.url) return [(await runAgainst({ ...run, url: values.url })).row];
  const direct = await runDirect(run);
  if (direct.results.size === 0) return [];
  if (values.direct) return [direct.row];
  if (values.tasks) return [direct.row, (await runThroughHub(run, direct.results, "tasks")).row];
  const newer = await runThroughHub(run, direct.results, "everything");
  const older = await runThroughHub(run, direct.results, "legacy");
  return [direct.row, newer.row, older.row];
}
