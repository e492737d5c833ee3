import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What a process holds, from /proc. */
export interface Held {
  readonly rssMb: number;
  readonly threads: number;
  readonly processes: number;
  readonly fds: number;
  readonly fdKinds: Readonly<Record<string, number>>;
}

export function heldBy(pid: number): Held {
  if (!existsSync(`/proc/${pid}`)) throw new Error(`Process ${pid} has ended`);
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  const fdKinds = countFds(pid);
  const fds = Object.values(fdKinds).reduce((sum, count) => sum + count, 0);
  return { rssMb: field("VmRSS") / 1024, threads: field("Threads"), processes: childrenOf(pid).length, fds, fdKinds };
}

interface Child {
  readonly pid: number;
  readonly argv: readonly string[];
}

/** The processes a process has started. */
export function childrenOf(pid: number): Child[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // The name of the program, in parentheses, may hold anything; the parent is the second field behind it.
      const parent = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)!.split(" ")[1];
      if (parent !== String(pid)) return [];
      return [{ pid: Number(name), argv: readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0") }];
    } catch {
      // It has ended since it was listed.
      return [];
    }
  });
}

/** How many file descriptors of each kind: `socket`, `pipe`, `file`, `anon_inode` with what it is. */
function countFds(pid: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    const kind = fdKind(`/proc/${pid}/fd/${fd}`);
    if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function fdKind(link: string): string | undefined {
  try {
    const target = readlinkSync(link);
    return target.startsWith("/") ? "file" : target.replace(/:\[\d+\]$/, "");
  } catch {
    // It was closed since it was listed.
    return undefined;
  }
}
