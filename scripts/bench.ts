/**
 * Measures the compiled hub, in one run, beside what it is compared with: a bare relay, npm `mcp-hub`, a hello world.
 *
 *     bun run bench [--only calls|starts|footprint] [--program dist/hubctl]
 *
 * Prints the figures with their budgets and writes them to dist/bench.json. docs/benchmarks.md says how to read them.
 */
import { existsSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Row } from "./bench/budget.ts";
import { measureFootprint } from "./bench/footprint.ts";
import { startLoad } from "./bench/load-driver.ts";
import { stopEverything } from "./bench/programs.ts";
import { callFigures, callRows, footprintRows, startRows } from "./bench/rows.ts";
import { measureStarts } from "./bench/start-times.ts";
import { root } from "./bench/subjects.ts";
import { renderTable } from "./bench/table.ts";
import { measureCalls } from "./bench/tool-calls.ts";

const parts = ["calls", "starts", "footprint"];
const { values } = parseArgs({ options: { only: { type: "string" }, program: { type: "string" } } });
if (values.only !== undefined && !parts.includes(values.only)) throw new Error(`--only takes one of ${parts.join(", ")}`);
const program = resolve(values.program ?? join(root, "dist", process.platform === "win32" ? "hubctl.exe" : "hubctl"));
if (!existsSync(program)) throw new Error(`There is no ${program}; build it with \`bun run build\``);

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.once(signal, () => void stopEverything().finally(() => process.exit(code)));
const tooLong = setTimeout(() => {
  process.stderr.write("bench: stopped after four minutes\n");
  void stopEverything().finally(() => process.exit(1));
}, 240_000);

const wants = (part: string) => values.only === undefined || values.only === part;
const say = (text: string) => void process.stderr.write(`bench: ${text}\n`);
const load = loadavg()[0]!;
try {
  const rows: Row[] = [];
  const details: Record<string, unknown> = {};
  if (wants("starts")) {
    say("commands");
    rows.push(...startRows(await measureStarts({ program, rounds: 15 })));
  }
  if (wants("footprint")) {
    say("start and memory of the hub");
    rows.push(...footprintRows(await measureFootprint({ program, rounds: 7, idleMs: 5_000 })));
  }
  if (wants("calls")) {
    say("tool calls");
    await using generator = startLoad();
    const rounds = await measureCalls({ program, load: generator, rounds: 5, ms: 1_000 });
    rows.push(...callRows(rounds));
    Object.assign(details, { at1: callFigures(rounds, 1), at32: callFigures(rounds, 32) });
  }
  const machine = { cpu: cpus()[0]?.model, cpus: cpus().length, load, bun: Bun.version, platform: `${process.platform}-${process.arch}` };
  await Bun.write(join(root, "dist/bench.json"), `${JSON.stringify({ machine, rows, calls: details }, null, 2)}\n`);
  console.log(renderTable(rows));
  if (load > cpus().length / 2)
    console.log(
      `\nThe machine was busy before this began (load ${load.toFixed(1)} on ${cpus().length} CPUs): take it again before you judge milliseconds.`,
    );
} finally {
  clearTimeout(tooLong);
  await stopEverything();
}
