// Everything that must hold before a commit: the static gates, then every test against the program as it is shipped.
// The last line is always `N passed, N failed`; a gate counts as one test. `--static` stops after the gates.
import { join } from "node:path";

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

const root = join(import.meta.dir, "..");
const bun = process.execPath;

const gates: readonly (readonly [name: string, argv: readonly string[]])[] = [
  ["types", [bun, "check", "--no-script"]],
  ["lint", [bun, "x", "oxlint", "--type-aware", "--deny-warnings"]],
  ["format", [bun, "fmt", "--no-script", "--check"]],
  ["generated files", [bun, "scripts/gen.ts", "--check"]],
  ["dead code", [bun, "x", "knip", "--no-progress"]],
];

/** Runs one gate; what it has to say is shown only when it fails. */
async function runGate(name: string, argv: readonly string[]): Promise<Tally> {
  const started = performance.now();
  const child = Bun.spawn([...argv], { cwd: root, stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
  if (code === 0) return { passed: 1, failed: 0 };
  console.log(`${out}${err}`.trim());
  return { passed: 0, failed: 1 };
}

/** Runs `bun test`, passing on what it says, and counts from the summary it ends with. */
async function runTests(args: readonly string[]): Promise<Tally> {
  // Tests that start programs share few cores with each other; a test that hangs is still found.
  const argv = [bun, "test", "--parallel", "--only-failures", "--timeout=30000", ...args];
  const child = Bun.spawn(argv, { cwd: root, stdio: ["ignore", "inherit", "pipe"] });
  let tail = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stderr) {
    process.stderr.write(chunk);
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-2000);
  }
  return tallyOf(Bun.stripANSI(tail), await child.exited);
}

/** A run that ended badly without a failed test counts as one failure. */
function tallyOf(summary: string, code: number): Tally {
  const count = (word: string) => Number([...summary.matchAll(new RegExp(`^ *(\\d+) ${word}$`, "gm"))].at(-1)?.[1] ?? 0);
  const failed = count("fail");
  return { passed: count("pass"), failed: failed === 0 && code !== 0 ? 1 : failed };
}

const args = process.argv.slice(2);
const tallies: Tally[] = [];
for (const [name, argv] of gates) tallies.push(await runGate(name, argv));
if (!args.includes("--static")) {
  tallies.push(await runGate("build", [bun, "scripts/build.ts"]));
  tallies.push(await runTests(args));
}
const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
