import { afterAll, expect, test } from "bun:test";
import { lstat, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loopbackRuntime } from "../../../tests/support/test-gateway.ts";
import { silentLog } from "../kernel/log.ts";
import { systemRuntime } from "../kernel/system-runtime.ts";
import type { Handler } from "./compose.ts";
import { sharedPort } from "./shared-port.ts";
import { createListener, type ListenerOptions } from "./listener.ts";

const root = join(import.meta.dir, "../../..");
const { random, clock, files } = systemRuntime;
const directory = await mkdtemp(join(tmpdir(), "hubctl-hand-over-"));
afterAll(() => rm(directory, { recursive: true }));

const listen = (handler: Handler, given: Partial<ListenerOptions> = {}) =>
  createListener({
    handler,
    host: "127.0.0.1",
    port: 0,
    log: silentLog,
    runtime: loopbackRuntime({ random, clock, files }),
    ...given,
  });

const named =
  (name: string): Handler =>
  (request) =>
    request.url.endsWith("/health")
      ? Response.json({ service: "hubctl" })
      : new Response(name, { headers: { "x-host": request.headers.get("host")! } });

/** Another process that listens on the port too, as a hub that follows does. */
async function follow(port: number, path?: string, host = "127.0.0.1") {
  const argv = [
    process.execPath,
    join(root, "tests/support/following-listener.ts"),
    String(port),
    host,
    ...(path === undefined ? [] : [path]),
  ];
  const child = Bun.spawn(argv, { stdin: "pipe", stdout: "pipe" });
  await child.stdout.getReader().read();
  return {
    async [Symbol.asyncDispose]() {
      await child.stdin.end();
      await child.exited;
    },
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** A connection that is held, and what came over it so far. */
async function hold(to: number | string) {
  const socket = typeof to === "number" ? connect(to, "127.0.0.1") : connect(to);
  const closed = Promise.withResolvers<void>();
  let text = "";
  let wake = () => undefined as void;
  socket.on("data", (chunk) => {
    text += String(chunk);
    wake();
  });
  socket.on("close", () => closed.resolve());
  await new Promise<void>((resolve) => socket.on("connect", resolve));
  return {
    closed: closed.promise,
    hangUp: () => void socket.destroy(),
    async ask(path: string, ...headers: readonly string[]): Promise<string> {
      text = "";
      socket.write([`GET ${path} HTTP/1.1`, "Host: example.localhost", ...headers, "", ""].join("\r\n"));
      while (!/\r\n\r\n.*[^\r\n]/s.test(text)) await new Promise<void>((resolve) => (wake = resolve));
      return text;
    },
  };
}

const ask = async (to: number | string) => {
  const line = await hold(to);
  const answer = await line.ask("/");
  line.hangUp();
  return answer;
};

const never = new AbortController().signal;
const onLinux = test.skipIf(process.platform !== "linux");

onLinux("the hub that follows has every new connection, and the one before answers what is under way", async () => {
  const path = join(directory, "hub.sock");
  const socket = { path, defaultLink: join(directory, "default.sock") };
  const finish = Promise.withResolvers<Response>();
  const started = Promise.withResolvers<void>();
  const slow: Handler = (request, exchange) =>
    request.url.endsWith("/slow") ? (started.resolve(), finish.promise) : named("first")(request, exchange);
  const first = await listen(slow, { socket });
  const { url, port } = first;
  const [busy, kept, local] = await Promise.all([hold(port), hold(port), hold(path)]);
  const late = busy.ask("/slow");
  expect(await kept.ask("/")).toEndWith("first");
  await started.promise;

  expect(await first.share()).toBe(true);
  await using second = await follow(port, path);
  expect(await Promise.all(Array.from({ length: 40 }, () => ask(port)))).toSatisfy((all: string[]) =>
    all.every((answer) => answer.endsWith("second")),
  );
  expect(await ask(path)).toEndWith("second");

  first.retire({ url, socket: path });
  const answered = first.answered({ deadlineMs: 10_000 });
  // Who is connected gets the other hub's answer, as the way it came, and is told to call anew.
  for (const line of [kept, local]) {
    const answer = await line.ask("/");
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(answer).toMatch(/^x-host: example.localhost\r$/im);
    expect(answer).toMatch(/second\r?$/m);
    await line.closed;
  }
  finish.resolve(new Response("finished"));
  expect(await late).toMatch(/^connection: close\r$/im);
  await answered;
  await first.linger(never);
  expect([await ask(port), await ask(path)]).toEqual([expect.stringMatching(/second$/), expect.stringMatching(/second$/)]);
  await second[Symbol.asyncDispose]();
  expect(await lstat(path).catch(() => "gone")).toBe("gone");
});

onLinux("a connection that nobody uses is waited for, and used later it is served", async () => {
  const first = await listen(named("first"));
  const { port, url } = first;
  const idle = await hold(port);
  await first.share();
  await using _second = await follow(port);
  first.retire({ url, socket: undefined });
  await first.answered({ deadlineMs: 10_000 });
  let isGone = false;
  const gone = first.linger(never).then(() => (isGone = true));
  const shared = await sharedPort(port, systemRuntime);
  while ((await shared?.connections()) !== 1 || (await shared?.isCrowded())) await ask(port);
  expect(isGone).toBe(false);
  expect(await idle.ask("/")).toMatch(/second\r?$/m);
  await gone;
});

onLinux("a third hub waits until the first has left the port, for the system knows only which of two is newer", async () => {
  const first = await listen(named("first"), { host: "::1" });
  await first.share();
  await using _second = await follow(first.port, undefined, "::1");
  const shared = await sharedPort(first.port, systemRuntime);
  expect(await shared?.isCrowded()).toBe(true);
  first.retire({ url: first.url, socket: undefined });
  await first.share();
  expect(await shared?.isCrowded()).toBe(false);
  await first.linger(AbortSignal.abort());
});

onLinux("a signal ends the wait for connections", async () => {
  const first = await listen(named("first"));
  const idle = await hold(first.port);
  await idle.ask("/");
  const stop = new AbortController();
  const gone = first.linger(stop.signal);
  stop.abort();
  await gone;
  await idle.closed;
});

onLinux("a hub that was not followed has its port and socket to itself again", async () => {
  const path = join(directory, "again.sock");
  const first = await listen(named("first"), { socket: { path } });
  const { port } = first;
  await first.share();
  const second = await follow(port, path);
  await second.kill();
  await first.unshare();
  expect(await Promise.all([ask(port), ask(path)])).toEqual([expect.stringMatching(/first$/), expect.stringMatching(/first$/)]);
  expect(() => Bun.serve({ hostname: "127.0.0.1", port, reusePort: true, development: false, fetch: () => new Response() })).toThrow(
    "in use",
  );
  await first.stop({ deadlineMs: 0 });
});

test("a request goes round only once where the hub that followed has died", async () => {
  const first = await listen(named("first"));
  first.retire({ url: first.url, socket: undefined });
  expect(await ask(first.port)).toMatch(/503 Service Unavailable[^]*UNAVAILABLE/);
  await first.linger(AbortSignal.abort());
});
