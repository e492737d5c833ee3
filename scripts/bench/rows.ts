import type { LoadFigures } from "./call.ts";
import { atLeast, atMost, type Row } from "./budget.ts";
import type { Footprint, Memory } from "./footprint.ts";
import type { StartRound, CommandName } from "./start-times.ts";
import { medianOf } from "./statistics.ts";
import { hubDoors, mcpHubDoors, stdioDoor, type CallRound, type Concurrency, type DoorName } from "./tool-calls.ts";

/** Throughput at 32 connections and added latency at one, of every door of the hub. */
export function callRows(rounds: readonly CallRound[]): Row[] {
  const perSecond = (name: DoorName, at: Concurrency = 32) => medianOf(rounds, (round) => round[at][name].perSecond);
  const throughput = (name: DoorName, other: DoorName) => ({
    what: name,
    value: `${perSecond(name).toFixed(0)}/s`,
    beside: `${perSecond(other).toFixed(0)}/s ${other}`,
    ratio: medianOf(rounds, (round) => round[32][name].perSecond / round[32][other].perSecond),
  });
  const latency = (name: DoorName) => {
    const p50 = (of: DoorName) => (round: CallRound) => round[1][of].p50Ms;
    const added = medianOf(rounds, (round) => p50(name)(round) - p50("direct")(round));
    return {
      group: "added p50, one connection",
      what: name,
      value: `+${added.toFixed(3)} ms`,
      beside: `${medianOf(rounds, p50("direct")).toFixed(3)} ms direct`,
      ratio: medianOf(rounds, (round) => p50(name)(round) / p50("direct")(round)),
      budget: atMost(0.35, added, "ms"),
    };
  };
  return [
    ...hubDoors.map((name): Row => {
      const row = throughput(name, "relay");
      return { group: "calls, 32 connections, against a bare relay", ...row, budget: atLeast(0.6, row.ratio) };
    }),
    { group: "calls, 32 connections, against a bare relay", ...throughput("direct", "relay") },
    ...hubDoors.map(latency),
    ...hubDoors.map((name): Row => {
      const row = throughput(name, mcpHubDoors.http);
      return { group: "calls, 32 connections, against npm mcp-hub", ...row, budget: atLeast(10, row.ratio) };
    }),
    { group: "calls, 32 connections, against npm mcp-hub", ...throughput(stdioDoor, mcpHubDoors.stdio) },
  ];
}

/** From the start of a command to its end. */
export function startRows(rounds: readonly StartRound[]): Row[] {
  const row = (name: CommandName, other: CommandName) => ({
    group: "commands, start to end",
    what: name === "call" ? "hubctl call hub.integrations.list, no hub runs" : `hubctl ${name}`,
    value: ms(medianOf(rounds, (round) => round[name])),
    beside: `${ms(medianOf(rounds, (round) => round[other]))} ${other === "hello" ? "hello world" : other}`,
    ratio: medianOf(rounds, (round) => round[name] / round[other]),
  });
  const small = (name: CommandName): Row => {
    const found = row(name, "hello");
    return { ...found, budget: atMost(4, found.ratio, "×") };
  };
  const call = medianOf(rounds, (round) => round.call);
  return [
    small("--version"),
    small("--help"),
    { ...row("call", "hello"), budget: atMost(80, call, "ms") },
    row("--help", "mcp-hub --help"),
    row("call", "mcp-hub --help"),
  ];
}

/** The start of a hub with servers, and its memory. */
export function footprintRows({ ready, http, stdio }: Footprint): Row[] {
  const start = medianOf(ready, ({ hub }) => hub);
  const memory = (what: string, { hub, mcpHub }: Memory) => ({
    group: "hub, start and memory",
    what,
    value: `${hub.toFixed(0)} MB`,
    beside: `${mcpHub.toFixed(0)} MB mcp-hub`,
    ratio: hub / mcpHub,
  });
  return [
    {
      group: "hub, start and memory",
      what: "start to /ready, 20 HTTP servers",
      value: ms(start),
      beside: `${ms(medianOf(ready, ({ mcpHub }) => mcpHub))} mcp-hub, connected`,
      ratio: medianOf(ready, ({ hub, mcpHub }) => hub / mcpHub),
      budget: atMost(150, start, "ms"),
    },
    { ...memory("RSS idle, 20 HTTP servers", http), budget: atMost(120, http.hub, "MB") },
    memory("RSS idle, 5 stdio servers", stdio),
  ];
}

const ms = (value: number) => `${value.toFixed(1)} ms`;

/** Every door's own figures, for whoever wants more than ratios. */
export function callFigures(rounds: readonly CallRound[], at: Concurrency): Record<string, Omit<LoadFigures, "calls">> {
  const names = Object.keys(rounds[0]![at]) as DoorName[];
  const of = (name: DoorName, field: "perSecond" | "p50Ms" | "p99Ms") =>
    Number(medianOf(rounds, (round) => round[at][name][field]).toFixed(3));
  return Object.fromEntries(
    names.map((name) => [name, { perSecond: of(name, "perSecond"), p50Ms: of(name, "p50Ms"), p99Ms: of(name, "p99Ms") }]),
  );
}
