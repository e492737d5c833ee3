// The way in for people who have nothing but Node: finds or fetches Bun, installs what bun.lock names, then runs a task.
// Plain JavaScript without dependencies, because it runs before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const own = join(root, "node_modules", ".bootstrap");
const windows = process.platform === "win32";
const binary = join(root, "dist", windows ? "hubctl.exe" : "hubctl");
const wanted = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.bun;

/** Tasks, as argv after `bun`. `start` is not here: it ends in the compiled program. */
const tasks = {
  bench: ["scripts/bench.ts"],
  build: ["scripts/build.ts"],
  check: ["check", "--no-script"],
  conformance: ["scripts/conformance.ts"],
  dev: ["--watch", "src/cli/main.ts", "serve"],
  fmt: ["fmt", "--no-script"],
  gen: ["scripts/gen.ts"],
  knip: ["x", "knip"],
  lint: ["x", "oxlint", "--type-aware", "--deny-warnings"],
  release: ["scripts/release.ts"],
  soak: ["scripts/soak.ts"],
  test: ["scripts/test.ts"],
  verify: ["scripts/test.ts", "--static"],
};

const [task = "", ...rest] = process.argv.slice(2);
if (task !== "start" && !(task in tasks)) fail(`There is no task "${task}"; there are start, ${Object.keys(tasks).join(", ")}`);
const bun = findBun() ?? fetchBun();
installDependencies();
if (task === "start") {
  if (isStale()) must(run(bun, ["scripts/build.ts"]), "The build failed");
  hand(binary, ["serve", ...rest]);
} else hand(bun, [...tasks[task], ...rest]);

/** A Bun at least as new as the one this project is tested with. */
function findBun() {
  const local = [join(root, "node_modules", ".bin", "bun"), join(root, "node_modules", "bun", "bin", "bun.exe"), fetchedBun()];
  return ["bun", ...local].find((candidate) => {
    const asked = spawnSync(candidate, ["--version"], { encoding: "utf8" });
    return asked.status === 0 && isAtLeast(asked.stdout.trim(), wanted);
  });
}

function isAtLeast(version, floor) {
  const [a, b] = [version, floor].map((text) => text.split(/[.-]/).map(Number));
  const differs = b.findIndex((part, index) => a[index] !== part);
  return differs === -1 || a[differs] > b[differs];
}

/** The package that holds nothing but the executable for this machine: needs no install script, which npm may refuse to run. */
function platformPackage() {
  const arch = { x64: "x64", arm64: "aarch64" }[process.arch];
  const system = { darwin: "darwin", linux: "linux", win32: "windows" }[process.platform];
  if (!arch || !system) fail(`Bun has no build for ${process.platform} on ${process.arch}`);
  const musl = system === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  return `@oven/bun-${system}-${arch}${musl ? "-musl" : ""}`;
}

function fetchedBun() {
  return join(own, "node_modules", platformPackage(), "bin", windows ? "bun.exe" : "bun");
}

function fetchBun() {
  say(`fetching Bun ${wanted}`);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "package.json"), '{ "private": true }\n');
  const flags = ["--prefix", own, "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  must(run("npm", ["install", ...flags, `${platformPackage()}@${wanted}`], { shell: windows }), "npm could not fetch Bun");
  return fetchedBun();
}

/** `bun install` runs again only when the lock file changed since it last ended well. */
function installDependencies() {
  const stamp = join(own, "installed");
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "bun.lock")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  must(run(bun, ["install", "--frozen-lockfile"]), "bun install failed");
  mkdirSync(own, { recursive: true });
  writeFileSync(stamp, lock);
}

/** True when there is no program yet, or one older than anything it is made of. */
function isStale() {
  if (!existsSync(binary)) return true;
  const built = statSync(binary).mtimeMs;
  return ["src", "package.json", "bun.lock", "scripts/build.ts"].some((path) => newest(join(root, path)) > built);
}

function newest(path) {
  const stat = statSync(path);
  const inside = stat.isDirectory() ? readdirSync(path).map((name) => newest(join(path, name))) : [];
  return Math.max(stat.mtimeMs, ...inside);
}

/** Runs a step of our own; its output goes to stderr, so that stdout stays the task's. */
function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], ...options });
}

function must({ status, error }, message) {
  if (status !== 0) fail(error ? `${message}: ${error.message}` : message);
}

/**
 * Becomes the program: its streams, its signals, its exit code. A terminal sends SIGINT to the whole group by itself,
 * and a second one would mean "stop at once", so it is passed on only where no terminal does.
 */
function hand(command, args) {
  const child = spawn(command, args, { cwd: task === "start" ? process.cwd() : root, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"])
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY) || child.kill(signal));
  // Killing npm kills its shell, and the shell tells nobody; being handed to another parent is the only sign.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid === parent || child.kill("SIGTERM"), 500).unref();
  child.on("error", (cause) => fail(`${command} did not start: ${cause.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) return process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function say(message) {
  process.stderr.write(`hubctl: ${message}\n`);
}

function fail(message) {
  say(message);
  process.exit(1);
}
