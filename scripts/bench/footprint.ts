import { residentMb } from "./programs.ts";
import { echoOverStdio, newHome, startHub, startMcpHub, startUpstream, type Servers, type Subject } from "./subjects.ts";

/** Milliseconds until ready, of both programs, with twenty servers. */
export interface ReadyRound {
  readonly hub: number;
  readonly mcpHub: number;
}

/** Resident memory in MB some seconds after the start, with nothing to do. */
export interface Memory {
  readonly hub: number;
  readonly mcpHub: number;
}

export interface Footprint {
  readonly ready: readonly ReadyRound[];
  readonly http: Memory;
  readonly stdio: Memory;
}

export interface FootprintOptions {
  readonly program: string;
  readonly rounds: number;
  readonly idleMs: number;
}

/** Measures the start with twenty HTTP servers, and what a hub holds that has them or five stdio servers. */
export async function measureFootprint({ program, rounds, idleMs }: FootprintOptions): Promise<Footprint> {
  await using upstream = await startUpstream();
  const twenty = (path: string): Servers => named(20, () => ({ url: `${upstream.origin}${path}` }));
  const five: Servers = named(5, () => echoOverStdio);
  const hub = { http: newHome(twenty("/mcp")), stdio: newHome(five) };
  const mcpHub = { http: newHome(twenty("/old")), stdio: newHome(five) };

  const ready: ReadyRound[] = [];
  // The first start learns the lists that later ones find in the store.
  for (let round = -1; round < rounds; round++) {
    const times = {
      hub: await startAndStop(() => startHub(program, hub.http), round < 0 ? 1_000 : 0),
      mcpHub: await startAndStop(() => startMcpHub(mcpHub.http), 0),
    };
    if (round >= 0) ready.push(times);
  }
  const memory = async (kind: "http" | "stdio"): Promise<Memory> => {
    await using ours = await startHub(program, hub[kind]);
    await using theirs = await startMcpHub(mcpHub[kind]);
    await Bun.sleep(idleMs);
    return { hub: residentMb(ours.pid), mcpHub: residentMb(theirs.pid) };
  };
  return { ready, http: await memory("http"), stdio: await memory("stdio") };
}

async function startAndStop(start: () => Promise<Subject>, stayMs: number): Promise<number> {
  await using subject = await start();
  await Bun.sleep(stayMs);
  return subject.startMs;
}

const named = (count: number, entry: () => Servers[string]): Servers =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`server${index + 1}`, entry()]));
