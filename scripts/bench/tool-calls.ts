import type { Call, LoadFigures } from "./call.ts";
import { isOpen, mcpHubDoor, modernDoor, restDoor, sessionDoor, type Door } from "./doors.ts";
import type { LoadGenerator } from "./load-driver.ts";
import { until } from "./programs.ts";
import { echoOverStdio, newHome, startHub, startMcpHub, startRelay, startUpstream } from "./subjects.ts";

export const concurrencies = [1, 32] as const;
export type Concurrency = (typeof concurrencies)[number];

/** What one round measured: of each door at each concurrency. */
export type CallRound = Readonly<Record<Concurrency, Readonly<Record<DoorName, LoadFigures>>>>;

export const hubDoors = ["POST /mcp/s/{server}", "POST /mcp", "POST /api/v2/tools/{id}/call", "session of 2025-11-25 on /mcp"] as const;
export const stdioDoor = "POST /mcp/s/{server}, stdio server";
export const mcpHubDoors = { http: "mcp-hub, HTTP server", stdio: "mcp-hub, stdio server" } as const;
const doorNames = ["direct", "relay", ...hubDoors, stdioDoor, mcpHubDoors.http, mcpHubDoors.stdio] as const;
export type DoorName = (typeof doorNames)[number];

export interface CallOptions {
  readonly program: string;
  readonly load: LoadGenerator;
  readonly rounds: number;
  readonly ms: number;
}

/** Measures one tool call through every door, one door after the other, in rounds that begin with another door each. */
export async function measureCalls({ program, load, rounds, ms }: CallOptions): Promise<CallRound[]> {
  await using stack = new AsyncDisposableStack();
  const upstream = stack.use(await startUpstream());
  const relay = stack.use(await startRelay(upstream));
  const { origin: hub } = stack.use(await startHub(program, newHome({ http: { url: `${upstream.origin}/mcp` }, stdio: echoOverStdio })));
  const { origin: mcpHub } = stack.use(await startMcpHub(newHome({ http: { url: `${upstream.origin}/old` }, stdio: echoOverStdio })));
  const doors: Record<DoorName, Door> = {
    direct: modernDoor(`${upstream.origin}/mcp`, "echo"),
    relay: modernDoor(`${relay.origin}/mcp`, "echo"),
    "POST /mcp/s/{server}": modernDoor(`${hub}/mcp/s/http`, "echo"),
    "POST /mcp": modernDoor(`${hub}/mcp`, "http__echo"),
    "POST /api/v2/tools/{id}/call": restDoor(hub, "http.echo"),
    "session of 2025-11-25 on /mcp": sessionDoor(`${hub}/mcp`, "http__echo"),
    "POST /mcp/s/{server}, stdio server": modernDoor(`${hub}/mcp/s/stdio`, "echo"),
    "mcp-hub, HTTP server": mcpHubDoor(mcpHub, "http"),
    "mcp-hub, stdio server": mcpHubDoor(mcpHub, "stdio"),
  };
  for (const name of doorNames) await until(() => isOpen(doors[name]), { pauseMs: 20, what: name });
  const measure = async (name: DoorName, concurrency: Concurrency, forMs: number) => {
    const calls: Call[] = [];
    for (let index = 0; index < concurrency; index++) calls.push(await doors[name].callFor(index));
    return load.run({ calls, ms: forMs });
  };
  // Machine code is made of what runs often; nobody is measured before it had the chance.
  for (const name of doorNames) await measure(name, 32, ms);
  const measured: CallRound[] = [];
  for (let round = 0; round < rounds; round++) {
    const order = [...doorNames.slice(round % doorNames.length), ...doorNames.slice(0, round % doorNames.length)];
    const at = async (concurrency: Concurrency) => {
      const figures: Partial<Record<DoorName, LoadFigures>> = {};
      for (const name of order) figures[name] = await measure(name, concurrency, ms);
      return figures as Record<DoorName, LoadFigures>;
    };
    measured.push({ 1: await at(1), 32: await at(32) });
  }
  return measured;
}
