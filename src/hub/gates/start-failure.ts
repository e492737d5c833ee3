import { basename, dirname } from "node:path";
import { HubError, type ErrorCode } from "#hub/kernel/errors.ts";
import type { Files } from "#hub/kernel/runtime.ts";
import { codeOf } from "./error-code.ts";

/** What was, or would have been, started. */
export interface Attempt {
  readonly owner: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The PATH that was searched. */
  readonly PATH: string;
  readonly cwd: string;
  /** Declared, not just where the hub runs. */
  readonly isOwnCwd: boolean;
}

/** Says why a program did not start: `thrown` is what starting it threw, absent when the command was not found to begin with. */
export async function notStarted(attempt: Attempt, files: Files, thrown?: { readonly cause: unknown }): Promise<HubError> {
  const { owner, argv, PATH, cwd, isOwnCwd } = attempt;
  const command = argv[0]!;
  // A missing working directory makes the system say ENOENT of the command, so it is looked at first.
  if (isOwnCwd && !(await isDirectory(files, cwd)))
    return new HubError("NOT_FOUND", `${owner} was not started: its working directory ${cwd} does not exist`, {
      hint: "Create it, or correct cwd",
      ...thrown,
    });
  if (!thrown && /[/\\]/.test(command))
    return new HubError("NOT_FOUND", `${owner} was not started: ${command} does not exist in ${cwd} or is not executable`, {
      hint: "Correct its command, or make the file executable",
    });
  if (!thrown)
    return new HubError("NOT_FOUND", `${owner} was not started: the command ${command} was not found in PATH (${PATH})`, {
      hint: `Install ${command}, or write its full path as the command`,
      details: { command, path: PATH },
    });
  const { code, reason, hint } = reasons.get(codeOf(thrown.cause)) ?? {
    code: "UPSTREAM_UNAVAILABLE" as const,
    reason: `${command} cannot be run ${codeOf(thrown.cause)}`.trim(),
    hint: "Try the command in a terminal",
  };
  return new HubError(code, `${owner} was not started: ${reason.replace("%", () => command)}`, { hint, ...thrown });
}

interface Reason {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly hint: string;
}

const full: Reason = {
  code: "UNAVAILABLE",
  reason: "this machine takes no more processes",
  hint: "Stop or disable a server, or raise the limits (ulimit -n, ulimit -u)",
};

/** The system's error codes; `%` stands for the command. */
const reasons: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  [
    "ENOENT",
    { code: "NOT_FOUND", reason: "the interpreter that % names in its first line does not exist", hint: "Install the interpreter" },
  ],
  ["EACCES", { code: "FORBIDDEN", reason: "% may not be executed", hint: "Make the file executable, or correct the command" }],
  [
    "ENOEXEC",
    { code: "VALIDATION", reason: "% is no program of this system", hint: "Give it a #! line, or name its interpreter as the command" },
  ],
  ["E2BIG", { code: "VALIDATION", reason: "the arguments and environment of % are too long", hint: "Shorten args or env" }],
  ["EAGAIN", full],
  ["ENOMEM", full],
  ["EMFILE", full],
  ["ENFILE", full],
]);

/** What lists nothing may be empty or missing; then its parent tells. */
async function isDirectory(files: Files, path: string): Promise<boolean> {
  try {
    return (await files.list(path)).length > 0 || dirname(path) === path || (await files.list(dirname(path))).includes(basename(path));
  } catch (cause) {
    return codeOf(cause) !== "ENOTDIR";
  }
}
