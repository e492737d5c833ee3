import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, newFolder, startProgram, until, type Program } from "./programs.ts";

export const root = join(import.meta.dir, "../..");
export const mcpHubScript = fileURLToPath(import.meta.resolve("mcp-hub"));

/** Configured servers by name, in the form both hubs take. */
export type Servers = Readonly<Record<string, { readonly url: string } | { readonly command: string; readonly args: readonly string[] }>>;

/** Something that listens. */
export interface Subject extends AsyncDisposable {
  readonly origin: string;
  readonly pid: number;
  /** From the start of the process until it said that it is ready. */
  readonly startMs: number;
}

export const echoOverStdio = {
  command: process.execPath,
  args: [join(root, "tests/support/stdio-servers/echo.ts")],
};

export const startUpstream = (): Promise<Subject> => startScript(import.meta.resolve("./upstream.ts"));
export const startRelay = ({ origin }: Subject): Promise<Subject> => startScript(import.meta.resolve("./relay.ts"), origin);

/** Starts one of the small programs beside this file, which print where they listen. */
async function startScript(url: string, ...args: readonly string[]): Promise<Subject> {
  const started = performance.now();
  const program = startProgram([process.execPath, fileURLToPath(url), ...args], { reads: true });
  for await (const chunk of program.stdout) return subjectOf(program, new TextDecoder().decode(chunk).trim(), performance.now() - started);
  throw new Error(`${url} ended before it was listening`);
}

/** A hub's home: configuration, store and everything else it keeps. */
export function newHome(servers: Servers): string {
  const home = newFolder();
  writeFileSync(join(home, "servers.json"), JSON.stringify({ mcpServers: servers }));
  return home;
}

/** Starts the compiled hub in a home, with the defaults of a user who has set nothing. */
export async function startHub(program: string, home: string): Promise<Subject> {
  const argv = (port: string) => [program, "serve", "--port", port, "--config", "servers.json"];
  return startListening(argv, home, async (origin) => (await fetch(`${origin}/ready`)).ok);
}

/** Starts npm `mcp-hub` in a home; it is ready when it has connected to its servers. */
export async function startMcpHub(home: string): Promise<Subject> {
  // Without a cached catalog it would go to the network first, and whoever has none would measure its patience.
  const cache = join(home, ".local/share/mcp-hub/cache");
  mkdirSync(cache, { recursive: true });
  const registry = { version: "1", generatedAt: 0, totalServers: 1, servers: [{ id: "none", name: "none" }] };
  writeFileSync(join(cache, "registry.json"), JSON.stringify({ registry, lastFetchedAt: Date.now(), serverDocumentation: {} }));
  const argv = (port: string) => ["node", mcpHubScript, "--port", port, "--config", "servers.json"];
  return startListening(argv, home, async (origin) => {
    const { state } = (await (await fetch(`${origin}/api/health`)).json()) as { state?: string };
    return state === "ready";
  });
}

async function startListening(
  argvFor: (port: string) => string[],
  home: string,
  isReady: (origin: string) => Promise<boolean>,
): Promise<Subject> {
  const port = freePort();
  const origin = `http://127.0.0.1:${port}`;
  const argv = argvFor(String(port));
  const started = performance.now();
  const program = startProgram(argv, { cwd: home, env: { HOME: home } });
  await until(() => isReady(origin), { pauseMs: 1, what: `The start of ${argv.slice(0, 2).join(" ")}` });
  return subjectOf(program, origin, performance.now() - started);
}

const subjectOf = (program: Program, origin: string, startMs: number): Subject => ({
  origin,
  pid: program.pid,
  startMs,
  [Symbol.asyncDispose]: () => program.stop(),
});
