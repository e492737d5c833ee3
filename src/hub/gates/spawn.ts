import { resolve as resolvePath } from "node:path";
import { HubError } from "#hub/kernel/errors.ts";
import type { Log } from "#hub/kernel/log.ts";
import type { Child, Exit, Runtime } from "#hub/kernel/runtime.ts";
import { childEnv } from "./child-env.ts";
import { createGuardian } from "./guardian.ts";
import { superviseGroup, type ProcessGroup, type StopOptions } from "./process-group.ts";
import { notStarted, type Attempt } from "./start-failure.ts";

export interface SpawnRequest {
  /** Program and arguments; no shell ever reads them. */
  readonly argv: readonly string[];
  /** What its configuration declares; the child gets this and a small inherited base, nothing else. */
  readonly env: Readonly<Record<string, string>>;
  /** Dangerous variables (LD_PRELOAD, NODE_OPTIONS, PATH …) that `env` may set all the same. */
  readonly allowEnv?: readonly string[];
  readonly cwd?: string;
  /** Server name, for messages. */
  readonly owner: string;
}

/** A running child, whose whole process group ends with it. */
export interface GatedProcess {
  readonly pid: number;
  readonly stdin: Child["stdin"];
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Never rejects. */
  readonly exited: Promise<Exit>;
  /** Closes stdin, then SIGTERM, then after `graceMs` (2 s) SIGKILL to the whole group; the first call counts. */
  readonly stop: (options?: StopOptions) => Promise<Exit>;
}

/** The spawn gate: the only way to start a process. Disposing it ends them all. */
export interface SpawnGate extends AsyncDisposable {
  start(request: SpawnRequest): Promise<GatedProcess>;
  /** Processes whose group is not gone yet. */
  count(): number;
}

export interface SpawnGateDeps {
  readonly runtime: Pick<Runtime, "spawn" | "clock" | "host" | "env" | "files">;
  readonly log: Log;
  readonly limits?: { readonly processes?: number };
  /** Where a command is, `null` when nowhere. */
  readonly which?: (command: string, where: { readonly PATH: string; readonly cwd: string }) => string | null;
}

const defaultProcesses = 256;
/** Where POSIX systems look when PATH is not set. */
const fallbackPath = "/usr/bin:/bin";

export function createSpawnGate({ runtime, log, limits, which = Bun.which }: SpawnGateDeps): SpawnGate {
  const most = limits?.processes ?? defaultProcesses;
  const guardian = createGuardian({ runtime, spawn: runtime.spawn, log });
  const groups = new Set<ProcessGroup>();
  let isDisposed = false;

  /** Up to `groups.add` nothing is awaited: neither the cap nor a disposal can miss a child. */
  async function start(request: SpawnRequest): Promise<GatedProcess> {
    if (isDisposed) throw new HubError("UNAVAILABLE", "The hub is stopping and starts no more processes");
    if (groups.size >= most) throw tooMany(request.owner, most);
    const attempt = plan(request, runtime);
    const { PATH, cwd, env } = attempt;
    const command = which(attempt.argv[0]!, { PATH, cwd });
    if (command === null) throw await notStarted(attempt, runtime.files);
    guardian.start();
    let child: Child;
    try {
      child = runtime.spawn([command, ...attempt.argv.slice(1)], { env, cwd });
    } catch (cause) {
      throw await notStarted(attempt, runtime.files, { cause });
    }
    // Without a pid the program was never started, and `exited` says why.
    if (child.pid === 0) throw await notStarted(attempt, runtime.files, { cause: await child.exited.catch((cause: unknown) => cause) });
    const group = superviseGroup(child, { ...runtime, log });
    groups.add(group);
    void group.gone.then(() => {
      groups.delete(group);
      return guardian.release(child.pid);
    });
    await guardian.watch(child.pid);
    const { pid, stdin, stdout, stderr } = child;
    return { pid, stdin, stdout, stderr, exited: group.exited, stop: group.stop };
  }

  return {
    start,
    count: () => groups.size,
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      await Promise.all([...groups].map((group) => group.stop()));
      await guardian[Symbol.asyncDispose]();
    },
  };
}

const tooMany = (owner: string, limit: number) =>
  new HubError("QUOTA_EXCEEDED", `${owner} was not started: ${limit} processes run already, which is the limit`, {
    hint: "Stop or disable a server",
    details: { limit },
  });

/** Checks the request and works out what exactly would be started. */
function plan({ argv, env, allowEnv, cwd, owner }: SpawnRequest, runtime: Pick<Runtime, "env" | "host">): Attempt {
  const [command = ""] = argv;
  if (command.trim() === "" || /[\0\r\n]/.test(command))
    throw new HubError("VALIDATION", `The command of ${owner} is empty or has a line break or NUL byte in it`, {
      hint: "Correct its command",
    });
  if (argv.some((argument) => argument.includes("\0"))) throw new HubError("VALIDATION", `An argument of ${owner} has a NUL byte in it`);
  const whole = childEnv(runtime, { env, allowEnv, owner });
  return {
    argv,
    owner,
    env: whole,
    PATH: whole["PATH"] ?? fallbackPath,
    cwd: resolvePath(runtime.host.cwd, cwd ?? ""),
    isOwnCwd: cwd !== undefined,
  };
}
