import { chmod, lstat, mkdir, readlink, rename, symlink, unlink } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { HubError } from "../kernel/errors.ts";

export interface ClaimOptions<Server> {
  /** Names to try, the wanted one first. */
  readonly names: readonly string[];
  /** Binds, or throws EADDRINUSE where the file exists. */
  readonly bind: (path: string) => Server;
  readonly isAnswered: (path: string) => Promise<boolean>;
  /** Makes names nobody else uses. */
  readonly unique: () => string;
}

export interface ClaimedSocket<Server> {
  readonly path: string;
  readonly server: Server;
}

/** Binds the first name that is free or left behind by a dead hub; a socket that answers is never taken. */
export async function claimSocket<Server>(options: ClaimOptions<Server>): Promise<ClaimedSocket<Server>> {
  for (const path of options.names) {
    await privateDirectory(dirname(path));
    const server = bindIfFree(path, options) ?? ((await removeStale(path, options)) ? bindIfFree(path, options) : undefined);
    if (!server) continue;
    await chmod(path, 0o600);
    return { path, server };
  }
  throw new HubError("CONFLICT", `Other hubs answer at ${options.names.join(" and ")}`, { hint: "Stop one of them" });
}

function bindIfFree<Server>(path: string, { bind }: ClaimOptions<Server>): Server | undefined {
  try {
    return bind(path);
  } catch (cause) {
    if (codeOf(cause) === "EADDRINUSE") return undefined;
    throw cause;
  }
}

/**
 * Two hubs may find the same dead socket at once, and the slower one must not remove what the faster one has bound
 * since: the file is moved aside, asked again, and put back if it turns out to be alive.
 */
async function removeStale<Server>(path: string, { isAnswered, unique }: ClaimOptions<Server>): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return true;
  if (!found.isSocket() || (await isAnswered(path))) return false;
  const aside = `${path}.${unique()}`;
  try {
    await rename(path, aside);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return true;
    throw cause;
  }
  if (await isAnswered(aside)) {
    await rename(aside, path);
    return false;
  }
  await unlink(aside);
  return true;
}

/** A directory that only this user may enter, so that nobody else can squat on a name in it. */
async function privateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  const { uid } = userInfo();
  if (!found.isDirectory() || (uid >= 0 && found.uid !== uid))
    throw new HubError("FORBIDDEN", `${path} does not belong to this user`, { hint: "Set XDG_RUNTIME_DIR to a directory of your own" });
  if ((found.mode & 0o077) !== 0) await chmod(path, 0o700);
}

/** Points the link at a socket, unless the one it points at now is answered; true when it is ours. */
export async function claimLink(
  link: string,
  target: string,
  { isAnswered, unique }: Pick<ClaimOptions<never>, "isAnswered" | "unique">,
): Promise<boolean> {
  if (link === target || (await isAnswered(link))) return false;
  const fresh = `${link}.${unique()}`;
  await symlink(target, fresh);
  await rename(fresh, link);
  return true;
}

/** Takes the link away if it still points at our socket. */
export async function releaseLink(link: string, target: string): Promise<void> {
  if ((await readlink(link).catch(() => undefined)) === target) await unlink(link).catch(() => undefined);
}

const codeOf = (cause: unknown): string | undefined => (cause as { code?: string } | undefined)?.code;
