import { describe, expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import { fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { systemRuntime } from "../kernel/system-runtime.ts";
import { sharedPort } from "./shared-port.ts";

const serve = (hostname: string, name: string, { port = 0, reusePort = true } = {}) =>
  Bun.serve({ hostname, port, reusePort, development: false, fetch: () => new Response(name) });

/** Who answers on so many new connections. */
async function callers(url: URL, times = 64): Promise<Set<string>> {
  const answers = Array.from({ length: times }, async () => (await fetch(url, { keepalive: false })).text());
  return new Set(await Promise.all(answers));
}

const ownAddresses = Object.values(networkInterfaces()).flatMap((found) => (found ?? []).map(({ address }) => address));
const loopbacks = ["127.0.0.1", "::1"].filter((address) => ownAddresses.includes(address));

describe.skipIf(process.platform !== "linux").each(loopbacks)("a port of %s", (host) => {
  test("is dealt out to all that listen, until it calls the second", async () => {
    using first = serve(host, "first");
    using _second = serve(host, "second", { port: first.port });
    expect(await callers(first.url)).toEqual(new Set(["first", "second"]));
    const shared = await sharedPort(first.port!, systemRuntime);
    await shared?.attract();
    expect(await callers(first.url)).toEqual(new Set(["second"]));
    await first.stop(true);
    expect(await callers(_second.url)).toEqual(new Set(["second"]));
  });

  test("is another's only while it is allowed", async () => {
    using first = serve(host, "first", { reusePort: false });
    const { port } = first;
    const intrude = () => void serve(host, "second", { port }).stop(true);
    expect(intrude).toThrow("in use");
    const shared = await sharedPort(port!, systemRuntime);
    await shared?.allow();
    expect(intrude).not.toThrow();
    // Who does not ask to share never does.
    expect(() => serve(host, "third", { port, reusePort: false })).toThrow("in use");
    await shared?.deny();
    expect(intrude).toThrow("in use");
  });

  test("has the connections that came in and are open", async () => {
    using first = serve(host, "first");
    const shared = await sharedPort(first.port!, systemRuntime);
    expect(await shared?.connections()).toBe(0);
    const opened = Promise.withResolvers<void>();
    const socket = await Bun.connect({
      hostname: host,
      port: first.port!,
      socket: { open: (own) => void own.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), data: () => opened.resolve() },
    });
    await opened.promise;
    expect(await shared?.connections()).toBe(1);
    socket.terminate();
  });
});

test("on other systems no port can be shared", async () => {
  const { host, files } = fakeRuntime();
  expect(await sharedPort(1, { host: { ...host, platform: "darwin" }, files })).toBeUndefined();
});
