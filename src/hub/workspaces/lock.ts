import type { Runtime } from "../kernel/runtime.ts";

const pauseMs = 100;
const tries = 10;

/**
 * Runs `work` while it holds `<path>.lock`, which mcp-hub respects as well. A lock is held for milliseconds, so one whose
 * holder is dead goes at once, and any other after a second; without a lock in the end the work is not done.
 */
export async function withLock<T>(
  path: string,
  { files, clock, host }: Pick<Runtime, "files" | "clock" | "host">,
  work: () => Promise<T>,
): Promise<T> {
  const lock = `${path}.lock`;
  const own = String(host.pid);
  const isAbandoned = async () => {
    const holder = Number(await files.read(lock).catch(() => undefined));
    return Number.isInteger(holder) && holder > 0 && !host.isAlive(holder);
  };
  for (let attempt = 1; attempt <= 2 * tries; attempt++) {
    if (await files.create(lock, own)) {
      try {
        return await work();
      } finally {
        if ((await files.read(lock).catch(() => undefined)) === own) await files.remove(lock);
      }
    }
    if (attempt === tries || (await isAbandoned())) await files.remove(lock);
    else await clock.sleep(pauseMs);
  }
  throw new Error(`${lock} is held by another program`);
}
