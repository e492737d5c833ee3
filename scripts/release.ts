// Builds every published program into `dist/release`, with the sums and the script that installs them.
// `bun run release linux-x64 darwin-arm64` builds only these.
import { createHash } from "node:crypto";
import { chmod, mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { compile, root, version } from "./compile.ts";
import { fetchBase } from "./release/base-executable.ts";
import { installScript } from "./release/install-script.ts";
import { signAdHoc, wrongPages } from "./release/mach-o-signature.ts";
import { targetNames, targets, type TargetName } from "./release/targets.ts";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !targetNames.includes(name as TargetName));
if (unknown.length > 0) throw new Error(`There is no target ${unknown.join(", ")}; there are ${targetNames.join(", ")}`);

const directory = join(root, "dist", "release");
await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });

const sums: string[] = [];
const missing: string[] = [];
for (const name of targetNames.filter((each) => wanted.length === 0 || wanted.includes(each)))
  try {
    sums.push(await build(name));
  } catch (cause) {
    missing.push(name);
    console.error(`${name} could not be built:`, cause);
  }

const list = sums.map((line) => `${line}\n`).join("");
await Bun.write(join(directory, "SHA256SUMS"), list);
await Bun.write(join(directory, "install.sh"), installScript(version, list));
console.log(missing.length === 0 ? `hubctl ${version} for ${sums.length} targets` : `MISSING: ${missing.join(", ")}`);
process.exitCode = missing.length === 0 ? 0 : 1;

/** Compiles one target and packs it; the answer is its line of SHA256SUMS. */
async function build(name: TargetName): Promise<string> {
  const { base, program } = await fetchBase(name);
  const outfile = join(directory, name, program);
  await compile({ outfile, target: targets[name].compile, base });
  if (name.startsWith("darwin")) await sign(outfile);
  await checkFormat(name, outfile);
  const archive = `hubctl-${name}.tar.gz`;
  await Bun.$`tar -C ${join(directory, name)} -czf ${join(directory, archive)} ${program}`.quiet();
  await rm(join(directory, name), { recursive: true });
  const file = Bun.file(join(directory, archive));
  console.log(`${archive} (${(file.size / 1e6).toFixed(1)} MB)`);
  return `${createHash("sha256")
    .update(await file.bytes())
    .digest("hex")}  ${archive}`;
}

async function sign(outfile: string): Promise<void> {
  const file = await Bun.file(outfile).bytes();
  if (wrongPages(file) === 0) return;
  signAdHoc(file, "hubctl");
  await Bun.write(outfile, file);
  await chmod(outfile, 0o755);
}

/** A program of another system cannot be run here, but its first bytes say what it is. */
async function checkFormat(name: TargetName, outfile: string): Promise<void> {
  const head = await Bun.file(outfile).slice(0, 4).bytes();
  const { magic } = targets[name];
  if (!magic.every((byte, index) => head[index] === byte)) throw new Error(`${outfile} is no program for ${name}`);
  if (!name.startsWith("windows") && ((await stat(outfile)).mode & 0o100) === 0) throw new Error(`${outfile} is not executable`);
}
