import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathsOf, workspaceSocket } from "#hub/kernel/paths.ts";
import { until } from "../bench/programs.ts";
import { newHome, root, startHub, type Subject } from "../bench/subjects.ts";
import { startClients } from "./clients-driver.ts";
import type { Outcome } from "./outcome.ts";
import { heldBy, type Held } from "./proc.ts";
import { describe, isBack, type Run, type Sample } from "./report.ts";
import { createRewrites } from "./rewrites.ts";
import { repeat, type Schedule } from "./schedule.ts";
import { createCounter } from "./tally.ts";
import { startUpstreams, type Upstreams } from "./upstreams.ts";
import { noteRecovery, verdictOf, type Down } from "./verdict.ts";

export interface SoakOptions {
  readonly program: string;
  readonly seconds: number;
  readonly sessions: number;
  readonly paceMs: number;
  readonly say: (text: string) => void;
}

/** Of all servers, each minute. */
const killShare = 0.1;
const rewriteEveryMs = 10_000;
const sampleEveryMs = 5_000;
const settleMs = 5_000;
/** When nobody calls any more, all that was opened for calls is gone after this: Bun keeps an idle connection for five minutes. */
const restPatienceMs = 330_000;

/** Runs a hub under calls, kills and rewrites, and tells all that was seen. */
export async function soak(options: SoakOptions): Promise<Run> {
  const { program, seconds, sessions, paceMs, say } = options;
  await using stack = new AsyncDisposableStack();
  const upstreams = stack.use(startUpstreams());
  const { servers } = upstreams;
  const names = Object.keys(servers);
  const home = newHome(servers);
  const paths = pathsOf({ env: { HOME: home }, host: { home } } as never);
  stack.defer(() => keepLog(join(paths.state, "logs")));
  const hub = stack.use(await startHub(program, home));
  say("waiting until every server has answered");
  for (const name of names) await until(() => answers(hub, name), { pauseMs: 100, what: `The first answer of ${name}` });
  await Bun.sleep(settleMs);
  const first = heldBy(hub.pid);

  const judged = createJudge(say);
  const socket = workspaceSocket(paths, home);
  const clients = stack.use(startClients({ origin: hub.origin, socket, servers: names, sessions, paceMs }, judged.judge));
  const samples: Sample[] = [];
  const rewrites = createRewrites({ ...upstreams, home, hub, onDown: (down) => void judged.downs.push(down) });
  const made = { taken: 0, missed: [] as string[] };
  const rewrite = async () => {
    const missed = await rewrites.next();
    if (missed === undefined) made.taken += 1;
    else say(made.missed[made.missed.push(missed) - 1]!);
  };
  say(`${sessions} clients call ${names.length} servers for ${Math.round(seconds / 6) / 10} minutes`);
  const work = runFor(seconds, [
    { everyMs: sampleEveryMs, run: () => void samples.push({ at: judged.since(), ...heldBy(hub.pid) }) },
    { everyMs: rewriteEveryMs, run: rewrite },
    { everyMs: 60_000 / (killShare * names.length), run: killer(upstreams, hub, judged.downs) },
  ]);
  await Promise.race([work, clients.died]);
  say("waiting until the hub is at rest");
  const endedAt = Date.now();
  await clients.stop();
  rewrites.undo();
  const last = await restOf(hub, first);
  return { seconds, endedAt, tally: judged.tally(), samples, downs: judged.downs, rewrites: made, rest: { first, last } };
}

async function runFor(seconds: number, schedules: readonly Schedule[]): Promise<void> {
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(), seconds * 1_000);
  try {
    await Promise.all(schedules.map((schedule) => repeat(schedule, ended.signal)));
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}

/** Judges every outcome as it comes, by what was down at that time. */
function createJudge(say: (text: string) => void) {
  const startedAt = Date.now();
  const counter = createCounter(startedAt);
  const downs: Down[] = [];
  return {
    downs,
    since: () => (Date.now() - startedAt) / 1_000,
    tally: counter.tally,
    judge(outcome: Outcome) {
      const verdict = verdictOf(outcome, downs);
      if (verdict === "right") noteRecovery(outcome, downs);
      else if (verdict !== "honest error") say(describe({ verdict, at: (outcome.sentAt - startedAt) / 1_000, outcome }));
      counter.add(outcome, verdict);
    },
  };
}

/** Kills one server after the other, of each kind in turn. */
function killer({ all }: Upstreams, hub: Subject, downs: Down[]): () => Promise<void> {
  // No divisor of the number of servers: each comes once before any comes again.
  const stride = 7;
  let next = 0;
  return async () => {
    const { kill } = all[(next++ * stride) % all.length]!;
    await kill({ hubPid: hub.pid, down: (down) => void downs.push(down) });
  };
}

async function answers({ origin }: Subject, server: string): Promise<boolean> {
  const body = JSON.stringify({ arguments: { text: server, ms: 0 } });
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${origin}/api/v2/tools/${server}.repeat/call`, { method: "POST", headers, body });
  return response.ok && (await response.text()).includes(server);
}

/** What the hub has written itself, for whoever looks for a cause. */
function keepLog(folder: string): void {
  const files = readdirSync(folder).toSorted();
  writeFileSync(join(root, "dist/soak.log"), files.map((name) => readFileSync(join(folder, name), "utf8")).join(""));
}

async function restOf({ pid }: Subject, first: Held): Promise<Held> {
  const deadline = performance.now() + restPatienceMs;
  await Bun.sleep(settleMs);
  for (let held = heldBy(pid); ; held = heldBy(pid)) {
    if (isBack(held, first) || performance.now() > deadline) return held;
    await Bun.sleep(1_000);
  }
}
