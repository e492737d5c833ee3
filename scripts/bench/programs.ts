import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Read what it prints; otherwise nobody does, and it goes nowhere. */
  readonly reads?: boolean;
  readonly ipc?: (message: unknown) => void;
}

export interface Program {
  readonly pid: number;
  readonly exited: Promise<number>;
  readonly stdout: ReadableStream<Uint8Array>;
  send(message: unknown): void;
  /** Asks it to end, and ends it when it does not. */
  stop(): Promise<void>;
}

const running = new Set<Program>();
const folders = new Set<string>();
const patienceMs = 3_000;

let stopping = false;

/** Starts a program that `stopEverything` knows of. */
export function startProgram(argv: readonly string[], { cwd, env, reads = false, ipc }: ProgramOptions = {}): Program {
  if (stopping) throw new Error("The benchmark is being stopped");
  const child = Bun.spawn([...argv], {
    cwd,
    // The user's own settings are not what is measured.
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", reads ? "pipe" : "ignore", "ignore"],
    ...(ipc && { ipc, serialization: "json" as const }),
  });
  const program: Program = {
    pid: child.pid,
    exited: child.exited,
    stdout: child.stdout as unknown as ReadableStream<Uint8Array>,
    send: (message) => child.send(message),
    async stop() {
      child.kill("SIGTERM");
      const killer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      await child.exited;
      clearTimeout(killer);
    },
  };
  running.add(program);
  void child.exited.then(() => running.delete(program));
  return program;
}

/** A new folder that is gone when the benchmark is over. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "hubctl-bench-"));
  folders.add(folder);
  return folder;
}

/** Ends every program that was started and removes every folder that was made. */
export async function stopEverything(): Promise<void> {
  stopping = true;
  await Promise.all([...running].map((program) => program.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** A port nobody listens on. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

/** Asks until the answer is yes; readiness is what an outsider can see. */
export async function until(isTrue: () => Promise<boolean>, { pauseMs, what }: { pauseMs: number; what: string }): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    if (await isTrue().catch(() => false)) return;
    await Bun.sleep(pauseMs);
  }
  throw new Error(`${what} took longer than 20 s`);
}

/** Resident memory of a process in MB. */
export function residentMb(pid: number): number {
  const { stdout } = Bun.spawnSync(["ps", "-o", "rss=", "-p", String(pid)]);
  const kilobytes = Number.parseInt(stdout.toString(), 10);
  if (Number.isNaN(kilobytes)) throw new Error(`There is no process ${pid} to ask for its memory`);
  return kilobytes / 1024;
}
