import type { Log } from "#hub/kernel/log.ts";
import type { Child, Runtime, Spawn } from "#hub/kernel/runtime.ts";
import { settlesWithin } from "./process-group.ts";

/**
 * Waits on its stdin with a list of process groups. Only the hub holds the other end, so the end of input means that the hub is gone,
 * however it went; then the groups go too. POSIX sh: macOS has no parent-death signal, and Linux's follows the thread, not the process.
 */
const script = `
trap '' HUP INT QUIT TERM PIPE
exec >/dev/null 2>&1
groups=
while IFS= read -r line; do
  group=\${line#?}
  rest=
  for other in $groups; do [ "$other" = "$group" ] || rest="$rest $other"; done
  groups=$rest
  case $line in +*) groups="$groups $group" ;; esac
done
[ -n "$groups" ] || exit 0
for group in $groups; do kill -s TERM -- "-$group"; done
sleep 0.5 || sleep 1
for group in $groups; do kill -s KILL -- "-$group"; done
`;

export const guardianArgv: readonly string[] = ["/bin/sh", "-c", script];

/** Ends the hub's children when the hub is killed without a chance to do so itself. On Windows there is none: it would take a job object. */
export interface Guardian extends AsyncDisposable {
  /** Starts it unless it runs; done before the first child, so that no child lives without it. */
  start(): void;
  watch(pgid: number): Promise<void>;
  release(pgid: number): Promise<void>;
}

export interface GuardianDeps {
  readonly runtime: Pick<Runtime, "clock" | "env" | "host">;
  readonly spawn: Spawn;
  readonly log: Log;
}

/** One that ends sooner than this did not work at all. */
const workedMs = 1_000;
const mostFailures = 3;
const farewellMs = 1_000;

export function createGuardian({ runtime: { clock, env, host }, spawn, log }: GuardianDeps): Guardian {
  const groups = new Set<number>();
  let running: Child | undefined;
  let failures = 0;
  let isDisposed = false;

  function start(): void {
    if (running || isDisposed || failures >= mostFailures || host.platform === "win32") return;
    const startedAt = clock.monotonic();
    const ended = (isStarted: boolean) => {
      running = undefined;
      if (isDisposed) return;
      failures = !isStarted ? mostFailures : clock.monotonic() - startedAt < workedMs ? failures + 1 : 0;
      if (failures >= mostFailures) log.warn("no guardian: servers may outlive the hub if it is killed", { command: guardianArgv[0] });
      else if (groups.size > 0) start();
    };
    try {
      const child = spawn(guardianArgv, { env: { PATH: env["PATH"] ?? "/usr/bin:/bin" }, cwd: "/", listensOnly: true });
      // Without a pid the shell was never started, and nothing would ever read what it is told.
      if (child.pid > 0) running = child;
      const over = () => ended(child.pid > 0);
      void child.exited.then(over, over);
    } catch {
      ended(false);
    }
    for (const pgid of groups) void tell(`+${pgid}`);
  }

  /** A guardian that can no longer be told anything is about to be replaced, and the next one learns all groups anew. */
  const tell = async (line: string) => {
    try {
      if (running) await Promise.race([running.stdin.write(`${line}\n`), running.exited]);
    } catch (cause) {
      log.debug("the guardian does not listen", { cause });
    }
  };

  return {
    start,
    async watch(pgid) {
      groups.add(pgid);
      await tell(`+${pgid}`);
    },
    async release(pgid) {
      if (groups.delete(pgid)) await tell(`-${pgid}`);
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      if (!running) return;
      const { pid, exited, stdin } = running;
      stdin.end();
      const ended = exited.catch(() => undefined);
      if (!(await settlesWithin(clock, ended, farewellMs))) host.kill(pid, "SIGKILL");
    },
  };
}
