import { createHash } from "node:crypto";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../compile.ts";
import { targets, type TargetName } from "./targets.ts";

/**
 * Fetches the Bun that a target's program is appended to. Bun would download it from its own release page; the npm
 * package holds the same file, comes from the registry everything else comes from, and its hash is in bun.lock.
 */
export async function fetchBase(name: TargetName): Promise<{ readonly base: string; readonly program: string }> {
  const { base: pack } = targets[name];
  const cache = join(root, "node_modules", ".cache", "release", `${name}-${Bun.version}`);
  const windows = name.startsWith("windows");
  const base = join(cache, "package", "bin", windows ? "bun.exe" : "bun");
  const program = windows ? "hubctl.exe" : "hubctl";
  if (await Bun.file(base).exists()) return { base, program };
  await mkdir(cache, { recursive: true });
  const tarball = (await Bun.$`npm pack --silent --pack-destination ${cache} ${`${pack}@${Bun.version}`}`.cwd(cache).text()).trim();
  await verify(join(cache, tarball), pack);
  await Bun.$`tar -C ${cache} -xzf ${join(cache, tarball)}`.quiet();
  await chmod(base, 0o755);
  return { base, program };
}

/** The tarball must be the one that bun.lock pins. */
async function verify(tarball: string, pack: string): Promise<void> {
  const lock = await Bun.file(join(root, "bun.lock")).text();
  const line = lock.split("\n").find((each) => each.includes(`["${pack}@${Bun.version}"`));
  const pinned = /"(sha512-[^"]+)"/.exec(line ?? "")?.[1];
  if (pinned === undefined) throw new Error(`bun.lock does not pin ${pack}@${Bun.version}`);
  const actual = `sha512-${createHash("sha512")
    .update(await Bun.file(tarball).bytes())
    .digest("base64")}`;
  if (actual !== pinned) throw new Error(`${pack}@${Bun.version} is not the file that bun.lock pins`);
}
