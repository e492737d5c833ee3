export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Everything that runs below a process: its children, theirs, and so on. */
export async function descendants(of: number): Promise<readonly Process[]> {
  const all = await processes();
  const below = (parent: number): Process[] =>
    all.filter((process) => process.parent === parent).flatMap((process) => [process, ...below(process.pid)]);
  return below(of);
}

/** Those of some processes that still run. */
export async function survivors(of: readonly { readonly pid: number }[]): Promise<readonly Process[]> {
  const pids = new Set(of.map(({ pid }) => pid));
  return (await processes()).filter(({ pid }) => pids.has(pid));
}

/** All processes of this machine, but for those that have ended and that nobody has asked about yet. */
async function processes(): Promise<readonly Process[]> {
  const ps = Bun.spawn(["ps", "-axo", "pid=,ppid=,stat=,args="], { stdout: "pipe" });
  const lines = [...(await ps.stdout.text()).matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/gm)];
  return lines
    .filter(([, , , state]) => !state?.startsWith("Z"))
    .map(([, pid, parent, , command = ""]) => ({ pid: Number(pid), parent: Number(parent), command }));
}
