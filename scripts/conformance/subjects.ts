import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";

const root = join(import.meta.dir, "../..");
const fixture = join(root, "tests/conformance/everything-server.ts");

/** The program as it is shipped. */
export const hubBinary = join(root, "dist", process.platform === "win32" ? "hubctl.exe" : "hubctl");
export const hasHub = (): boolean => existsSync(hubBinary);

/** Something that is running and can be tested; disposing of it ends it. */
export interface Subject extends AsyncDisposable {
  readonly url: string;
}

/** Which server is behind the hub: one of all revisions, one of none newer than 2025-11-25, or one with the tasks extension. */
export type Upstream = "everything" | "legacy" | "tasks";

/** Starts a server for the suite on a free port. */
export async function startFixture(upstream: Upstream): Promise<Subject> {
  const flags = upstream === "everything" ? [] : [`--${upstream}`];
  const child = Bun.spawn([process.execPath, fixture, ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await firstLine(child.stdout);
  if (!url) throw new Error("The everything server ended before it was listening");
  return { url, [Symbol.asyncDispose]: () => end(child) };
}

/** Starts a hub of its own, in a home of its own, with one server behind it; the subject is that server's own door. */
export async function startHub(upstreamUrl: string): Promise<Subject> {
  const home = await mkdtemp(join(tmpdir(), "hubctl-hub-"));
  const config = join(home, "mcp.json");
  await Bun.write(config, JSON.stringify({ mcpServers: { everything: { url: upstreamUrl } } }));
  const port = freePort();
  const child = Bun.spawn([hubBinary, "serve", "--port", String(port), "--config", config], {
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: home },
    stdio: ["ignore", Bun.file(join(home, "hub.log")), Bun.file(join(home, "hub.log"))],
  });
  const origin = `http://127.0.0.1:${port}`;
  const subject: Subject = {
    url: `${origin}/mcp/s/everything`,
    async [Symbol.asyncDispose]() {
      await end(child);
      await rm(home, { recursive: true, force: true });
    },
  };
  try {
    await untilReady(`${origin}/ready`, child);
    await untilConnected(subject.url, child);
  } catch (cause) {
    const log = await Bun.file(join(home, "hub.log")).text();
    await subject[Symbol.asyncDispose]();
    throw new Error(`The hub did not become ready:\n${log}`, { cause });
  }
  return subject;
}

/** Polls, because readiness is what an outsider can see. */
async function untilReady(url: string, child: Subprocess): Promise<void> {
  await until(child, async () => (await fetch(url)).ok);
}

/** A hub is ready before its servers are; the door answers `initialize` once there is something behind it. */
async function untilConnected(url: string, child: Subprocess): Promise<void> {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "conformance", version: "1.0.0" } };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params });
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  await until(child, async () => {
    const response = await fetch(url, { method: "POST", headers, body });
    await response.body?.cancel();
    return response.ok;
  });
}

async function until(child: Subprocess, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`It exited with code ${child.exitCode}`);
    if (await isTrue().catch(() => false)) return;
    await Bun.sleep(20);
  }
  throw new Error("It did not answer within 15 s");
}

export async function end(child: Subprocess): Promise<void> {
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await child.exited;
  clearTimeout(killer);
}

export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string | undefined> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.indexOf("\n");
    if (end !== -1) return text.slice(0, end);
  }
  return undefined;
}
