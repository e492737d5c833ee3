import { posix, win32 } from "node:path";
import { parseText, type Parsed } from "../config/parse.ts";
import { describeProblem } from "../config/problem.ts";
import { HubError } from "../kernel/errors.ts";
import type { Runtime } from "../kernel/runtime.ts";

/** What the disk says of a path itself, a link not followed. */
export type Look = (path: string) => Promise<{ readonly kind: string; readonly mode: number; readonly target?: string } | undefined>;

export interface FileWorld {
  readonly runtime: Pick<Runtime, "files" | "clock" | "host">;
  readonly look: Look;
}

/** Somebody else's file, as it was when we looked. */
export interface ForeignFile {
  /** As it was asked for. */
  readonly path: string;
  /** The file itself, behind every link. */
  readonly real: string;
  /** Undefined when there is none yet. */
  readonly text: string | undefined;
  readonly mode: number | undefined;
}

const mostLinks = 40;
const ownerWrites = 0o200;

/** Reads a file that is going to be changed; refuses what could not be put back as it was. */
export async function openForeign(path: string, { runtime, look }: FileWorld): Promise<ForeignFile> {
  const { real, found } = await follow(path, { runtime, look });
  if (found && found.kind !== "file") throw new HubError("CONFLICT", `${path} is no file but a ${found.kind}`);
  const text = found && (await runtime.files.read(real));
  if (text?.includes("\uFFFD")) throw new HubError("CONFLICT", `${path} is not written in UTF-8`, { hint: "Save it as UTF-8 first" });
  return { path, real, text, mode: found?.mode };
}

/** The file at the end of a chain of links, so that the links stay; where the last one dangles, the file it asks for. */
async function follow(path: string, { runtime, look }: FileWorld) {
  const { dirname, resolve } = runtime.host.platform === "win32" ? win32 : posix;
  let real = path;
  for (let links = 0; links < mostLinks; links++) {
    const found = await look(real);
    if (found?.kind !== "link") return { real, found };
    real = resolve(dirname(real), found.target ?? "");
  }
  throw new HubError("CONFLICT", `${path} is a link that leads to itself`);
}

export interface Replacement {
  readonly text: string;
  /** Permission bits of a file that is made new, and of its directory. */
  readonly fresh: { readonly file: number; readonly directory: number };
  /** Take everybody else's permissions from a file that is there: secrets are going to be in it. */
  readonly makePrivate?: boolean;
}

/**
 * Writes a changed text in place of the one that was read, at once and with the same permissions; what was there is kept
 * in a file beside it, whose path is the answer. A file that changed since, or that its owner must not write, is left alone.
 */
export async function replaceForeign(file: ForeignFile, change: Replacement, world: FileWorld): Promise<string | undefined> {
  const { runtime } = world;
  if (file.mode !== undefined && (file.mode & ownerWrites) === 0)
    throw new HubError("CONFLICT", `${file.path} is read-only, so nothing was written`, {
      hint: `Allow it with \`chmod u+w\`, or change it by hand`,
    });
  let backup: string | undefined;
  try {
    if (file.text === undefined) await runtime.files.makeDirectory(directoryOf(file.real, runtime.host.platform), change.fresh.directory);
    else backup = await keep(file.real, file.text, runtime);
    await refuseChanged(file, world);
    const mode = file.mode === undefined ? change.fresh.file : change.makePrivate ? file.mode & 0o700 : file.mode;
    await runtime.files.replace(file.real, change.text, mode);
    return backup;
  } catch (cause) {
    if (backup !== undefined) await runtime.files.remove(backup).catch(() => undefined);
    throw cause instanceof HubError ? cause : notWritten(file.path, cause);
  }
}

/** The value of somebody's JSON file; what cannot be read is their work, and is neither guessed at nor written over. */
export function parseForeign(text: string, path: string): Parsed {
  const parsed = parseText(text.trim() === "" ? "{}" : text, path);
  if (parsed.problems.length === 0) return parsed;
  throw new HubError("VALIDATION", parsed.problems.map(describeProblem).join("\n"), {
    hint: "Mend the file first",
    details: { issues: parsed.problems },
  });
}

/** Removes a file that we made, if it still says what it did. */
export async function removeForeign(file: ForeignFile, world: FileWorld): Promise<void> {
  await refuseChanged(file, world);
  await world.runtime.files.remove(file.real);
}

async function refuseChanged({ path, real, text }: ForeignFile, { runtime }: FileWorld): Promise<void> {
  if ((await runtime.files.read(real)) === text) return;
  throw new HubError("CONFLICT", `${path} was changed by somebody else in the meantime, so nothing was written`, { hint: "Run it again" });
}

function notWritten(path: string, cause: unknown): HubError {
  const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
  return new HubError("CONFLICT", `${path} cannot be written (${code})`, { cause, hint: "Check the permissions of its directory" });
}

const directoryOf = (path: string, platform: NodeJS.Platform) => (platform === "win32" ? win32 : posix).dirname(path);

/** Keeps a text beside its file, under a name that nothing has. */
async function keep(path: string, text: string, { files, clock }: FileWorld["runtime"]): Promise<string> {
  const stem = `${path}.${stamp(clock.now())}`;
  for (let n = 1; ; n++) {
    const backup = `${stem}${n === 1 ? "" : `-${n}`}.hubctl.bak`;
    if (await files.create(backup, text, 0o600)) return backup;
  }
}

/** `20261121T101500123Z`: sorts by time, and is a file name everywhere. */
const stamp = (now: number) => new Date(now).toISOString().replace(/[-:.]/g, "");
