import { afterAll, describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { HubError } from "#hub/kernel/errors.ts";
import { silentLog } from "#hub/kernel/log.ts";
import { systemRuntime } from "#hub/kernel/system-runtime.ts";
import { createEgress, type EgressOptions } from "./egress.ts";

const untrusted = { trust: "untrusted" } as const;
const configured = { trust: "configured" } as const;
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => new HubError("INTERNAL", "it did not fail"),
    (cause: unknown) => cause as HubError,
  );

describe("over loopback", () => {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/bomb") return new Response(gzipSync(Buffer.alloc(50_000_000)), { headers: { "content-encoding": "gzip" } });
      if (pathname === "/host")
        return Response.json({ host: request.headers.get("host"), encoding: request.headers.get("accept-encoding") });
      return pathname === "/empty" ? new Response(null, { status: 204 }) : new Response("plain");
    },
  });
  afterAll(() => server.stop(true));
  const real = createEgress({ runtime: systemRuntime, log: silentLog });
  const at = (path: string) => `http://127.0.0.1:${server.port}${path}`;
  /** What "untrusted" does once the address has been found public: the checks see a public one, the socket goes to loopback. */
  const asIfPublic = (port: number, tls: object = {}) =>
    createEgress({
      log: silentLog,
      runtime: {
        ...systemRuntime,
        resolve: async () => ["93.184.215.14"],
        fetch: (url, init) => {
          const to = new URL(url);
          expect(to.hostname).toBe("93.184.215.14");
          [to.hostname, to.port] = ["127.0.0.1", String(port)];
          return systemRuntime.fetch(to, { ...init, tls: { ...init?.tls, ...tls } });
        },
      },
    });

  test("E10 a decompression bomb is cut at the cap, counted decoded", async () => {
    const response = await real.fetch(at("/bomb"), { ...configured, maxBytes: 1_000_000 });
    const error = await failureOf(response.arrayBuffer());
    expect(error).toMatchObject({
      code: "FORBIDDEN",
      message: `127.0.0.1:${server.port} answered with more than the 1000000 bytes allowed`,
    });
  });

  test("a body within the cap, and none at all, come through", async () => {
    expect(await (await real.fetch(at("/"), { ...configured, maxBytes: 5, timeoutMs: 5_000 })).text()).toBe("plain");
    const empty = await real.fetch(at("/empty"), { ...configured, maxBytes: 5, timeoutMs: 5_000 });
    expect([empty.status, await empty.text()]).toEqual([204, ""]);
  });

  test("a function of fetch's shape", async () => {
    const options: EgressOptions = { trust: "configured" };
    const response = await real.fetchFor(options)(new URL(at("/host")));
    expect(await response.json()).toMatchObject({ host: `127.0.0.1:${server.port}` });
  });

  test("E3 http keeps its Host header on the pinned connection", async () => {
    const response = await asIfPublic(server.port!).fetch("http://api.test/host", untrusted);
    expect(await response.json()).toMatchObject({ host: "api.test" });
  });

  test("E3 https proves the name on the pinned connection, and connections of other names are not reused", async () => {
    const secure = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      tls: certificate,
      fetch: (request) => new Response(request.headers.get("host")),
    });
    try {
      const egress = asIfPublic(secure.port!, { ca: certificate.cert });
      expect(await (await egress.fetch("https://good.test/", untrusted)).text()).toBe("good.test");
      const wrong = await failureOf(egress.fetch("https://evil.test/", untrusted));
      expect(wrong.message).toBe("evil.test is unreachable: TLS: its certificate is for another name");
      const unknown = await failureOf(asIfPublic(secure.port!).fetch("https://good.test/", untrusted));
      expect(unknown.message).toBe("good.test is unreachable: TLS: its certificate is self-signed");
    } finally {
      await secure.stop(true);
    }
  });

  test("nobody listens", async () => {
    const gone = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    const url = gone.url.href;
    await gone.stop(true);
    expect((await failureOf(real.fetch(url, configured))).message).toEndWith("is unreachable: connection refused");
  });
});

/** Self-signed for good.test until 2126; made with `openssl req -x509 -newkey ec -nodes -days 36500 -addext subjectAltName=DNS:good.test`. */
const certificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUYMGpxfvDObyvSNd72L/XDMWAycMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJZ29vZC50ZXN0MCAXDTI2MTEyMTAxMzc0MVoYDzIxMjYxMDI4
MDEzNzQxWjAUMRIwEAYDVQQDDAlnb29kLnRlc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAS96FefKOLlRWnA+AWp2f8b3OR7HYDUsbYQWVG0H5rQtNJvuFC17O84
h6dYiPZsWNNXM5BNd1Spi3L8WlYavmJZo2kwZzAdBgNVHQ4EFgQUmDr9x5YsLZmc
EUFMIvso7fqS1TUwHwYDVR0jBBgwFoAUmDr9x5YsLZmcEUFMIvso7fqS1TUwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglnb29kLnRlc3QwCgYIKoZIzj0EAwID
SAAwRQIgCWyDo92juU7LGmCxRmUPV4L/hWKbWltv5Xp3RGz3U4QCIQD5PpKYe/uI
9d/xC83L7oAO1W4c9D1N8VH06ZIWkZ6cCQ==
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgq5KfEge9H2VVDAwh
S9rb5w0tD+RXjQrMvaq2OAaxhEqhRANCAAS96FefKOLlRWnA+AWp2f8b3OR7HYDU
sbYQWVG0H5rQtNJvuFC17O84h6dYiPZsWNNXM5BNd1Spi3L8WlYavmJZ
-----END PRIVATE KEY-----`,
};
