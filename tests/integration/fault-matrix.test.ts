import { afterAll, expect, test } from "bun:test";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fetch } from "#hub/kernel/runtime.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { httpFaults, startFaultUpstream, type HttpFault } from "../support/fault-upstream.ts";
import { startHttpUpstream } from "../support/fake-upstream.ts";
import { hurriedClock } from "../support/hurried-clock.ts";
import { stdioServer } from "../support/stdio-server.ts";
import { testHub, type TestHub } from "../support/test-hub.ts";

/** The hub's waits are this many times shorter than in life; the pace between them is its own. */
const hurry = 20;
const moments = ["idle", "in flight"] as const;
type Moment = (typeof moments)[number];

/** A server that can be broken; whatever breaks, a person never touches it or the hub. */
interface Patient extends AsyncDisposable {
  readonly entry: Record<string, unknown>;
  runs(token: string): number | Promise<number>;
  break(fault: string, hub: TestHub): Promise<void>;
  mend(): void | Promise<void>;
}

interface Row {
  readonly transport: string;
  readonly fault: string;
  readonly moment: Moment;
  /** What became of the call that met the fault. */
  readonly call: string;
  readonly recoveredMs: number;
}

const rows: Row[] = [];
const quick = { startTimeoutMs: 1_500, timeoutMs: 1_000 };
const tellingCodes = ["UPSTREAM_UNAVAILABLE", "UPSTREAM_REJECTED", "TIMEOUT", "RATE_LIMITED"];

/** A name per server, so that one can stop to resolve. */
const unknownNames = new Set<string>();
const named: Fetch = (url, init) => {
  const to = new URL(url);
  if (!to.hostname.endsWith(".test")) return fetch(to, init);
  if (unknownNames.has(to.hostname)) return Promise.reject(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }));
  to.hostname = "127.0.0.1";
  return fetch(to, init);
};

function httpPatient(transport: "http" | "sse", name: string): Patient {
  const upstream = startFaultUpstream({ transport });
  const host = `${name}.test`;
  return {
    entry: { url: upstream.url.replace("127.0.0.1", host), type: transport === "sse" ? "sse" : "http", ...quick },
    runs: (token) => upstream.runs(token),
    async break(fault) {
      if (fault === "no such name") unknownNames.add(host);
      else await upstream.break(fault as HttpFault);
    },
    mend() {
      unknownNames.delete(host);
      upstream.mend();
    },
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

async function stdioPatient(name: string): Promise<Patient> {
  const directory = await mkdtemp(join(tmpdir(), "faulty-"));
  const say = (what: string) => writeFile(join(directory, "fault"), what);
  return {
    entry: { ...stdioServer("faulty", directory), ...quick },
    async runs(token) {
      const all = await readFile(join(directory, "runs"), "utf8").catch(() => "");
      return all.split("\n").filter((line) => line === token).length;
    },
    async break(fault, hub) {
      if (fault === "upgrade") await appendFile(join(directory, "tools"), "new\n");
      else if (fault !== "restart" && fault !== "hang") await say(fault);
      const { pid } = await hub.client.servers.get({ name });
      if (fault === "upgrade" || fault === "restart") process.kill(pid!, "SIGKILL");
      // Nobody lets it go on: only a new process helps.
      if (fault === "hang") process.kill(pid!, "SIGSTOP");
    },
    mend: () => say(""),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

const stdioFaults = ["exit", "reset in the body", "hang", "black hole", "malformed JSON", "1 byte/s", "flood", "restart", "upgrade"];
const matrix: Record<string, { faults: readonly string[]; patient(name: string): Patient | Promise<Patient> }> = {
  stdio: { faults: stdioFaults, patient: stdioPatient },
  http: { faults: httpFaults, patient: (name) => httpPatient("http", name) },
  sse: { faults: httpFaults, patient: (name) => httpPatient("sse", name) },
};

for (const [transport, { faults, patient }] of Object.entries(matrix))
  test(`J1 J3 ${transport}: each fault heals by itself, harms nobody else, and no call runs twice`, async () => {
    await using bystander = startHttpUpstream();
    await using patients = new AsyncDisposableStack();
    const cells = await Promise.all(
      faults.flatMap((fault, index) =>
        moments.map(async (moment) => {
          const name = `f${index}${moment === "idle" ? "idle" : "busy"}`;
          return { name, fault, moment, patient: patients.use(await patient(name)) };
        }),
      ),
    );
    const mcpServers = Object.fromEntries(cells.map(({ name, patient }) => [name, patient.entry]));
    await using hub = await testHub(
      { hub: { maxMessageBytes: 1_000_000 }, mcpServers: { ...mcpServers, bystander: { url: bystander.url } } },
      {
        runtime: {
          clock: hurriedClock(hurry),
          fetch: named,
          resolve: async (host) => (host.endsWith(".test") ? ["127.0.0.1"] : systemRuntime.resolve(host)),
        },
      },
    );
    await hub.ready("bystander");
    const results = await Promise.allSettled(cells.map((cell) => live(hub, { ...cell, transport })));
    const failures = results.flatMap((result, index) =>
      result.status === "rejected" ? [`${cells[index]!.fault}, ${cells[index]!.moment}: ${(result.reason as Error).message}`] : [],
    );
    expect(failures).toEqual([]);
    expect(await hub.client.tools.call({ id: "bystander.add", arguments: { a: 1, b: 2 } })).toMatchObject({ content: [{ text: "3" }] });
    expect((await hub.client.servers.get({ name: "bystander" })).restarts).toBe(0);
  }, 40_000);

interface Cell {
  readonly name: string;
  readonly transport: string;
  readonly fault: string;
  readonly moment: Moment;
  readonly patient: Patient;
}

/** Breaks one server, watches the others meanwhile, and waits until it works again. */
async function live(hub: TestHub, { name, transport, fault, moment, patient }: Cell): Promise<void> {
  await hub.ready(name);
  const tokens: string[] = [];
  const run = async (token: string) => {
    tokens.push(token);
    const result = await hub.client.tools.call({ id: `${name}.run`, arguments: { token } });
    expect(result).toMatchObject({ content: [{ type: "text", text: token }] });
  };
  await run("before");
  await patient.break(fault, hub);
  let met = "none";
  if (moment === "in flight") met = await run("during").then(() => "answered", codeOf);
  else await systemRuntime.clock.sleep(100);
  expect(["none", "answered", ...tellingCodes]).toContain(met);
  const beside = performance.now();
  await hub.client.tools.call({ id: "bystander.add", arguments: { a: 1, b: 2 } });
  expect(performance.now() - beside).toBeLessThan(10_000);
  await patient.mend();
  const mended = performance.now();
  for (let attempt = 1; ; attempt++) {
    const failed = await run(`after ${attempt}`).then(() => undefined, codeOf);
    if (failed === undefined) break;
    expect(tellingCodes).toContain(failed);
    if (performance.now() - mended > 12_000) throw new Error(`it does not come back: ${failed}`);
    await systemRuntime.clock.sleep(20);
  }
  rows.push({ transport, fault, moment, call: met, recoveredMs: Math.round(performance.now() - mended) });
  if (fault === "upgrade") await hub.event("servers.lists_changed", (data) => data["name"] === name && data["tools"] === 2);
  for (const token of tokens) expect(await patient.runs(token)).toBeLessThanOrEqual(1);
  expect(await patient.runs(tokens.at(-1)!)).toBe(1);
}

const codeOf = (cause: unknown) => (cause as { code?: string }).code ?? (cause as Error).message;

const byCell = (a: Row, b: Row) => cellName(a).localeCompare(cellName(b));
const cellName = ({ transport, fault, moment }: Row) => `${transport} ${fault} ${moment}`;

afterAll(() => {
  const line = ({ transport, fault, moment, call, recoveredMs }: Record<keyof Row, string | number>) =>
    `${String(transport).padEnd(6)}${String(fault).padEnd(19)}${String(moment).padEnd(10)}${String(call).padEnd(21)}${String(recoveredMs).padStart(8)}`;
  const head = line({ transport: "", fault: "fault", moment: "server", call: "the call", recoveredMs: "ms" });
  process.stdout.write(
    `\nTime to recover after the fault is over, the hub's waits ${hurry} times shortened\n${[head, ...rows.toSorted(byCell).map(line)].join("\n")}\n`,
  );
});
