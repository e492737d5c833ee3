// Writes every file that is derived from the code; with `--check` it only looks, and fails when one is out of date.
import { join } from "node:path";
import { root } from "./compile.ts";
import type { Generated, Generator } from "./gen/generated.ts";

/** In order: what reads the manifest is loaded after it is written. */
const generators: readonly (() => Promise<Generator>)[] = [
  async () => (await import("./gen/operation-manifest.ts")).operationManifest,
  async () => (await import("./gen/operations-reference.ts")).operationsReference,
  async () => (await import("./gen/openapi.ts")).openApi,
  async () => (await import("./gen/events-reference.ts")).eventsReference,
  async () => (await import("./gen/errors-reference.ts")).errorsReference,
  async () => (await import("./gen/config-reference.ts")).configReference,
  async () => (await import("./gen/metrics-reference.ts")).metricsReference,
  async () => (await import("./gen/cli-reference.ts")).cliReference,
  async () => (await import("./gen/keys-reference.ts")).keysReference,
  async () => (await import("./gen/import-table.ts")).importTablePage,
];

const check = process.argv.includes("--check");
const stale: string[] = [];
for (const load of generators)
  try {
    const generate = await load();
    for (const file of await generate()) if (await isStale(file)) stale.push(file.path);
  } catch (cause) {
    // The others still run: one area that does not load must not keep every page from being written.
    console.error(cause);
    process.exitCode = 1;
  }

for (const path of stale) console.log(check ? `${path} is out of date` : `wrote ${path}`);
if (check && stale.length > 0) {
  console.log("Run `bun run gen`, and commit what it writes");
  process.exitCode = 1;
}

async function isStale({ path, text }: Generated): Promise<boolean> {
  const file = Bun.file(join(root, path));
  if ((await file.exists()) && (await file.text()) === text) return false;
  if (!check) await Bun.write(file, text);
  return true;
}
