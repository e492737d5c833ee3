import { HubError } from "#hub/kernel/errors.ts";
import type { Runtime } from "#hub/kernel/runtime.ts";

/** What a program needs to find its home, its language and other programs; the rest of the hub's environment stays in the hub. */
const inherited = {
  posix: ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LANG", "LC_ALL", "TMPDIR"],
  windows: [
    "APPDATA",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "PATH",
    "PROCESSOR_ARCHITECTURE",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "USERNAME",
    "USERPROFILE",
    "PROGRAMFILES",
  ],
};

/**
 * Variables by which whoever sets them runs code in, or chooses the code of, a program that looks harmless:
 * ld.so(8), dyld(1), and the manuals of Node, Bun, Python, Perl, Ruby, the JVM and bash.
 */
const dangerous =
  /^(PATH|LD_.+|DYLD_.+|BUN_.+|NODE_OPTIONS|NODE_REPL_EXTERNAL_MODULE|PYTHONSTARTUP|PYTHONHOME|PERL5OPT|PERL5DB|RUBYOPT|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|BASH_ENV)$/i;

/** Whether a variable needs a grant in `allowEnv` before a configuration may set it. */
export const isDangerousVariable = (name: string): boolean => dangerous.test(name);

interface DeclaredEnv {
  readonly env: Readonly<Record<string, string>>;
  /** Dangerous variables that may be declared all the same. */
  readonly allowEnv?: readonly string[];
  readonly owner: string;
}

/** The whole environment of a child: the inherited base, and over it what its configuration declares. */
export function childEnv({ env, host }: Pick<Runtime, "env" | "host">, declared: DeclaredEnv): Record<string, string> {
  const isWindows = host.platform === "win32";
  const names = Object.keys(declared.env);
  for (const name of names) checkVariable(name, declared);
  // Windows knows no case in names: `Path` declared must replace PATH, not stand beside it.
  const taken = new Set(isWindows ? names.map((name) => name.toUpperCase()) : names);
  const base = (isWindows ? inherited.windows : inherited.posix).flatMap((name) => {
    const value = env[name];
    // `() { …` is a function that old versions of bash export through the environment (Shellshock).
    return value === undefined || value.startsWith("()") || taken.has(name) ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(base), ...declared.env };
}

function checkVariable(name: string, { env, allowEnv, owner }: DeclaredEnv): void {
  if (name === "" || /[=\0]/.test(name))
    throw new HubError("VALIDATION", `${owner} declares a variable whose name is empty or has = or NUL in it`);
  if (env[name]!.includes("\0")) throw new HubError("VALIDATION", `The value of ${name} of ${owner} has a NUL byte in it`);
  if (isDangerousVariable(name) && !allowEnv?.includes(name))
    throw new HubError("FORBIDDEN", `${owner} sets ${name}, which can make its program run other code`, {
      hint: `If that is intended, add "${name}" to the allowEnv of ${owner}`,
      details: { variable: name },
    });
}
