import { afterAll, describe, expect, test } from "bun:test";
import { lstat, mkdir, mkdtemp, readlink, rename, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import type { HubError } from "../kernel/errors.ts";
import { silentLog } from "../kernel/log.ts";
import type { Runtime } from "../kernel/runtime.ts";
import { systemRuntime } from "../kernel/system-runtime.ts";
import type { Handler } from "./compose.ts";
import { createListener, type Listener } from "./listener.ts";
import { loopbackRuntime, testGateway } from "../../../tests/support/test-gateway.ts";

const directory = await mkdtemp(join(tmpdir(), "hubctl-listener-"));
afterAll(() => rm(directory, { recursive: true }));

let sockets = 0;
const freshSocket = () => join(directory, `run-${++sockets}`, "hub.sock");
const health = () => Response.json({ service: "hubctl", status: "ok", version: "1.2.3" });
const over = (unix: string) => systemRuntime.fetch("http://hub/", { unix }).then((response) => response.text());
const named =
  (name: string): Handler =>
  (request) =>
    request.url.endsWith("/health") ? health() : new Response(name);

async function refusedListen(port: number): Promise<HubError> {
  const clock = fakeClock();
  const listening = createListener({ handler: health, host: "127.0.0.1", port, log: silentLog, runtime: loopbackRuntime({ clock }) });
  await clock.advance(1500);
  return listening.then(
    () => Promise.reject(new Error("it listened")),
    (error: HubError) => error,
  );
}

describe("a port in use", () => {
  test("by another hub: CONFLICT names it", async () => {
    await using first = await testGateway(health);
    expect((await refusedListen(first.port)).toJSON()).toMatchObject({
      code: "CONFLICT",
      message: `Port ${first.port} on 127.0.0.1 is held by hubctl 1.2.3`,
      hint: "Stop it, or choose another port with --port",
    });
  });

  test("by npm's mcp-hub: CONFLICT names it", async () => {
    await using first = await testGateway(({ url }) =>
      url.endsWith("/api/health") ? Response.json({ server_id: "mcp-hub", version: "4.2.1" }) : new Response("no", { status: 404 }),
    );
    expect((await refusedListen(first.port)).message).toContain("mcp-hub 4.2.1");
  });

  test("by a program that is no HTTP server: CONFLICT all the same", async () => {
    const server = createServer((socket) => socket.end("220 smtp\r\n").on("error", () => undefined));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    expect((await refusedListen(port)).message).toContain("another program");
    server.close();
  });

  test("that is let go within the patience: the new hub takes over", async () => {
    const clock = fakeClock();
    const first = await testGateway(named("first"));
    const second = createListener({
      handler: named("second"),
      host: "127.0.0.1",
      port: first.port,
      log: silentLog,
      runtime: loopbackRuntime({ clock }),
    });
    await clock.advance(200);
    await first.stop({ deadlineMs: 0 });
    await clock.advance(50);
    const listener = await second;
    expect(await (await systemRuntime.fetch(listener.url)).text()).toBe("second");
    await listener.stop({ deadlineMs: 0 });
  });
});

test("an address of another machine is refused with what to do", async () => {
  const listening = createListener({ handler: health, host: "192.0.2.1", port: 0, log: silentLog, runtime: loopbackRuntime() });
  expect(await listening.catch((error: HubError) => error.toJSON())).toMatchObject({
    code: "VALIDATION",
    hint: expect.stringContaining("--host"),
  });
});

describe("the unix socket", () => {
  const listen = (name: string, path: string, defaultLink?: string): Promise<Listener> =>
    createListener({
      handler: named(name),
      host: "127.0.0.1",
      port: 0,
      socket: { path, defaultLink },
      log: silentLog,
      runtime: loopbackRuntime({ random: systemRuntime.random }),
    });

  test("is for this user alone, serves the same handler and goes away with the hub", async () => {
    const path = freshSocket();
    const hub = await listen("one", path);
    const modes = await Promise.all([path, join(path, "..")].map(async (file) => (await lstat(file)).mode & 0o777));
    expect(modes).toEqual([0o600, 0o700]);
    expect(await over(path)).toBe("one");
    await hub.stop({ deadlineMs: 0 });
    expect(await Bun.file(path).exists()).toBe(false);
  });

  test("of a dead hub is replaced", async () => {
    const path = freshSocket();
    await leaveDeadSocket(path);
    const hub = await listen("new", path);
    expect([hub.socket, await over(path)]).toEqual([path, "new"]);
    await hub.stop({ deadlineMs: 0 });
  });

  test("is not waited for by who comes to the port: what the listener is bound to is known by then", async () => {
    const path = freshSocket();
    await leaveDeadSocket(path);
    const early = Promise.withResolvers<Response>();
    let port: number | undefined;
    const fetch: Runtime["fetch"] = async (url, init) => {
      // The dead socket is being asked, so the unix socket is not there yet.
      early.resolve(await systemRuntime.fetch(`http://127.0.0.1:${port}/`));
      return systemRuntime.fetch(url, init);
    };
    const hub = await createListener({
      handler: () => new Response(String(port)),
      host: "127.0.0.1",
      port: 0,
      socket: { path },
      onBound: (bound) => (port = bound),
      log: silentLog,
      runtime: loopbackRuntime({ fetch }),
    });
    expect(await (await early.promise).text()).toBe(String(hub.port));
    await hub.stop({ deadlineMs: 0 });
  });

  test("of a living hub is left alone; the second takes a name of its own", async () => {
    const path = freshSocket();
    const first = await listen("first", path);
    const second = await listen("second", path);
    expect(second.socket).toBe(path.replace(".sock", `-${second.port}.sock`));
    expect([await over(path), await over(second.socket!)]).toEqual(["first", "second"]);
    await second.stop({ deadlineMs: 0 });
    expect(await over(path)).toBe("first");
    await first.stop({ deadlineMs: 0 });
  });

  test("a file that is no socket is never removed", async () => {
    const path = freshSocket();
    await Bun.write(path, "precious");
    const hub = await listen("one", path);
    expect([await Bun.file(path).text(), hub.socket]).toEqual(["precious", path.replace(".sock", `-${hub.port}.sock`)]);
    await hub.stop({ deadlineMs: 0 });
  });

  test("two hubs that race for a dead socket both end up reachable", async () => {
    const path = freshSocket();
    await leaveDeadSocket(path);
    const hubs = await Promise.all(["a", "b"].map((name) => listen(name, path)));
    expect(new Set(hubs.map(({ socket }) => socket)).size).toBe(2);
    expect(await Promise.all(hubs.map(({ socket }) => over(socket!)))).toEqual(["a", "b"]);
    await Promise.all(hubs.map((hub) => hub.stop({ deadlineMs: 0 })));
  });

  test("a directory that cannot be made leaves the hub without, not down", async () => {
    const file = join(directory, "file");
    await Bun.write(file, "");
    const hub = await listen("one", join(file, "hub.sock"));
    expect([hub.socket, await (await systemRuntime.fetch(hub.url)).text()]).toEqual([undefined, "one"]);
    await hub.stop({ deadlineMs: 0 });
  });

  test("the default link goes to the first hub, to the next where it dangles, and is removed by its owner alone", async () => {
    const path = freshSocket();
    const link = join(path, "..", "default.sock");
    const first = await listen("first", path, link);
    const second = await listen("second", freshSocket(), link);
    expect([await readlink(link), await over(link)]).toEqual([path, "first"]);
    await second.stop({ deadlineMs: 0 });
    expect(await over(link)).toBe("first");
    await first.stop({ deadlineMs: 0 });
    expect(await readlink(link).catch(() => "gone")).toBe("gone");

    await symlink(join(path, "..", "dead.sock"), link);
    const third = await listen("third", path, link);
    expect(await over(link)).toBe("third");
    await third.stop({ deadlineMs: 0 });
  });
});

/** A socket file without its listener, as `kill -9` leaves it: the kernel removes names no more than it does for files. */
async function leaveDeadSocket(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const server = Bun.serve({ unix: `${path}.bound`, fetch: () => new Response() });
  await rename(`${path}.bound`, path);
  await server.stop(true);
  expect((await lstat(path)).isSocket()).toBe(true);
}

describe("stopping", () => {
  test("frees the port at once, lets what is under way finish, closes streams", async () => {
    const finish = Promise.withResolvers<Response>();
    const streamEnded = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const hub = await testGateway((request, exchange) => {
      if (request.url.endsWith("/slow")) return (started.resolve(), finish.promise);
      const body = new ReadableStream({
        start: (controller) => {
          controller.enqueue(new TextEncoder().encode("hello"));
          exchange.closing.addEventListener("abort", () => (controller.close(), streamEnded.resolve()));
        },
      });
      return new Response(body);
    });
    const stream = await hub.fetch("/stream");
    const slow = hub.fetch("/slow");
    await started.promise;
    const stopped = hub.stop({ deadlineMs: 10_000 });
    await using successor = await testGateway(named("successor"), { port: hub.port });
    expect(await (await successor.fetch("/")).text()).toBe("successor");
    await streamEnded.promise;
    expect(await stream.text()).toBe("hello");
    finish.resolve(new Response("finished"));
    expect(await (await slow).text()).toBe("finished");
    await stopped;
  });

  test("cuts at the deadline what will not end", async () => {
    const clock = fakeClock();
    const cut = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const hub = await testGateway(
      (request) => {
        request.signal.addEventListener("abort", () => cut.resolve());
        started.resolve();
        return new Promise<Response>(() => undefined);
      },
      { runtime: loopbackRuntime({ clock }) },
    );
    const hanging = hub.fetch("/").then(
      () => "answered",
      () => "cut",
    );
    await started.promise;
    const stopped = hub.stop({ deadlineMs: 5000 });
    await clock.advance(5000);
    await stopped;
    await cut.promise;
    expect(await hanging).toBe("cut");
  });

  test("with nothing under way does not wait for the deadline", async () => {
    const hub = await testGateway(health);
    await (await hub.fetch("/")).text();
    await hub.stop({ deadlineMs: 3_600_000 });
  });
});
