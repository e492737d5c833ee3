/**
 * Runs the compiled hub for a while under calls of many clients, with servers that are killed and a configuration that changes,
 * and watches every answer and what the hub holds. Linux only: it reads /proc.
 *
 *     bun run soak [--minutes 20] [--sessions 200] [--pace 1000] [--program dist/hubctl]
 *
 * Prints what went wrong as it happens, then the figures, and writes them to dist/soak.json. docs/soak.md says how to read them.
 */
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { stopEverything } from "./bench/programs.ts";
import { root } from "./bench/subjects.ts";
import { complaints, recoveries, render, rssSlope } from "./soak/report.ts";
import { soak } from "./soak/run.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "20" },
    sessions: { type: "string", default: "200" },
    pace: { type: "string", default: "1000" },
    program: { type: "string", default: join(root, "dist/hubctl") },
  },
});
const [minutes, sessions, paceMs] = (["minutes", "sessions", "pace"] as const).map((flag) => {
  const value = Number(values[flag]);
  if (!(value > 0)) throw new Error(`--${flag} takes a number above 0`);
  return value;
}) as [number, number, number];
const program = resolve(values.program);
if (!existsSync(program)) throw new Error(`There is no ${program}; build it with \`bun run build\``);
if (process.platform !== "linux") throw new Error("bun run soak reads /proc, so it runs on Linux only");

let isLeaving = false;
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.once(signal, () => {
    isLeaving = true;
    void stopEverything().finally(() => process.exit(code));
  });

const say = (text: string) => void process.stderr.write(`soak: ${text}\n`);
try {
  const run = await soak({ program, seconds: minutes * 60, sessions, paceMs, say });
  const failures = complaints(run);
  const machine = { cpu: cpus()[0]?.model, cpus: cpus().length, bun: Bun.version, platform: `${process.platform}-${process.arch}` };
  const figures = { rssMbPerHour: rssSlope(run.samples, run.seconds), recoveryMs: recoveries(run.downs), failures };
  await Bun.write(join(root, "dist/soak.json"), `${JSON.stringify({ machine, minutes, sessions, paceMs, ...figures, run }, null, 2)}\n`);
  console.log(render(run));
  process.exitCode = failures.length > 0 ? 1 : 0;
} catch (cause) {
  if (!isLeaving) throw cause;
} finally {
  await stopEverything();
}
