import { chmod, link, lstat, mkdir, readlink, rename, symlink, unlink } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { HubError } from "../kernel/errors.ts";

/** What listens on a socket. */
interface Stoppable {
  stop(abrupt: boolean): unknown;
}

export interface ClaimOptions<Server> {
  /** Names to try, the wanted one first. */
  readonly names: readonly string[];
  /** Of these the one whose hub is followed by this one: it is taken although it answers. */
  readonly inherited?: string;
  /** Binds, or throws EADDRINUSE where the file exists. */
  readonly bind: (path: string) => Server;
  readonly isAnswered: (path: string) => Promise<boolean>;
  /** Makes names nobody else uses. */
  readonly unique: () => string;
}

export interface ClaimedSocket<Server> {
  readonly path: string;
  readonly server: Server;
  /** No other hub has the name by now. */
  isOwn(): Promise<boolean>;
  /** Takes the name away, if it is still this hub's. */
  release(): Promise<void>;
}

/** Binds the first name that is free or left behind by a dead hub; a socket that answers is never taken but from the hub before. */
export async function claimSocket<Server extends Stoppable>(options: ClaimOptions<Server>): Promise<ClaimedSocket<Server>> {
  const { names, inherited } = options;
  for (const path of inherited !== undefined && names.includes(inherited) ? [inherited] : names) {
    await privateDirectory(dirname(path));
    const server = (await bindIfFree(path, options)) ?? ((await removeStale(path, options)) ? await bindIfFree(path, options) : undefined);
    if (!server) continue;
    const { ino } = await lstat(path);
    const isOwn = async () => (await lstat(path).catch(() => undefined))?.ino === ino;
    const release = async () => {
      if (await isOwn()) await unlink(path).catch(() => undefined);
    };
    return { path, server, isOwn, release };
  }
  throw new HubError("CONFLICT", `Other hubs answer at ${options.names.join(" and ")}`, { hint: "Stop one of them" });
}

/**
 * Binds under a name nobody knows and gives it the wanted one then: Bun deletes the name it has bound when it stops listening, and the
 * hub that follows must not lose its socket to the end of this one.
 */
async function bindIfFree<Server extends Stoppable>(path: string, options: ClaimOptions<Server>): Promise<Server | undefined> {
  const own = join(dirname(path), `.${options.unique().slice(-ownNameLength)}`);
  const server = options.bind(own);
  try {
    await chmod(own, 0o600);
    if (path === options.inherited) await rename(own, path);
    else await link(own, path);
    return server;
  } catch (cause) {
    void server.stop(true);
    return codeOf(cause) === "EEXIST" ? undefined : await bindItself(path, options);
  } finally {
    await unlink(own).catch(() => undefined);
  }
}

/** Where a socket can have no second name. */
async function bindItself<Server>(path: string, { bind }: ClaimOptions<Server>): Promise<Server | undefined> {
  try {
    const server = bind(path);
    await chmod(path, 0o600);
    return server;
  } catch (cause) {
    if (codeOf(cause) === "EADDRINUSE") return undefined;
    throw cause;
  }
}

/** No longer than the names that hubs give their sockets, for a path has room for about 100 bytes. */
const ownNameLength = 12;

/**
 * Two hubs may find the same dead socket at once, and the slower one must not remove what the faster one has bound
 * since: the file is moved aside, asked again, and put back if it turns out to be alive.
 */
async function removeStale(path: string, { isAnswered, unique }: Pick<ClaimOptions<never>, "isAnswered" | "unique">): Promise<boolean> {
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
