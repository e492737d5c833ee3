import { describe, expect, test } from "bun:test";
import { HubError } from "#hub/kernel/errors.ts";
import { silentLog } from "#hub/kernel/log.ts";
import type { Fetch, FetchInit } from "#hub/kernel/runtime.ts";
import { fakeClock, fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import { createEgress, type EgressInit } from "./egress.ts";

interface Sent {
  readonly url: URL;
  readonly init: FetchInit & { proxy?: unknown; timeout?: unknown };
}

/** An egress over scripted answers and names; `sent` is what would have left the machine. */
function world(answer: (sent: Sent) => Response | Promise<Response>, names: Record<string, readonly string[]> = {}) {
  const sent: Sent[] = [];
  const looked: string[] = [];
  const clock = fakeClock();
  const fetch: Fetch = async (url, init = {}) => {
    const one = { url: new URL(url), init };
    sent.push(one);
    return answer(one);
  };
  const resolve = async (host: string) => {
    looked.push(host);
    const addresses = names[host];
    if (!addresses) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" });
    return addresses;
  };
  return { sent, looked, clock, egress: createEgress({ runtime: fakeRuntime({ fetch, resolve, clock }), log: silentLog }) };
}

const publicNames = { "api.test": ["93.184.215.14"], "other.test": ["93.184.215.15"], "inner.test": ["10.0.0.7"] };
const ok = () => new Response("ok");
const redirect = (location: string, status = 302) => new Response("moved", { status, headers: { location } });
const failureOf = async (work: Promise<unknown>): Promise<HubError> => {
  const cause = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(cause).toBeInstanceOf(HubError);
  return cause as HubError;
};
const headersOf = ({ init }: Sent) => new Headers(init.headers);
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
const untrusted = { trust: "untrusted" } as const;
const configured = { trust: "configured" } as const;

describe("untrusted addresses", () => {
  test("E3 the checked address is connected to, under the name's Host and TLS name", async () => {
    const { egress, sent } = world(ok, publicNames);
    const response = await egress.fetch("https://api.test:8443/a?b=1", { ...untrusted, headers: { host: "evil.test", "x-a": "1" } });
    expect(await response.text()).toBe("ok");
    expect(response.url).toBe("https://api.test:8443/a?b=1");
    expect(sent[0]!.url.href).toBe("https://93.184.215.14:8443/a?b=1");
    expect(headersOf(sent[0]!).get("host")).toBe("api.test:8443");
    expect(headersOf(sent[0]!).get("x-a")).toBe("1");
    expect(sent[0]!.init.tls).toEqual({ serverName: "api.test" });
    expect(sent[0]!.init.redirect).toBe("manual");
  });

  test("E3 a name that answers public first and private later never reaches the private address", async () => {
    let lookups = 0;
    const sent: string[] = [];
    const runtime = fakeRuntime({
      resolve: async () => (lookups++ === 0 ? ["93.184.215.14"] : ["127.0.0.1"]),
      fetch: async (url) => {
        sent.push(new URL(url).hostname);
        return redirect("https://rebind.test/again");
      },
    });
    const error = await failureOf(createEgress({ runtime, log: silentLog }).fetch("https://rebind.test/", untrusted));
    expect(error.code).toBe("FORBIDDEN");
    expect(sent).toEqual(["93.184.215.14"]);
  });

  test.each([
    [["93.184.215.14", "10.0.0.1"]],
    [["93.184.215.14", "::1"]],
    [["::ffff:127.0.0.1"]],
    [["64:ff9b::7f00:1"]],
    [["not an address"]],
  ])("E3 one address of %j that is not public refuses the whole set", async (addresses) => {
    const { egress, sent } = world(ok, { "mixed.test": addresses });
    const error = await failureOf(egress.fetch("https://mixed.test/path?token=s3cret", untrusted));
    expect(error.code).toBe("FORBIDDEN");
    expect(error.message).toStartWith("Refused to contact mixed.test: ");
    expect(error.hint).toContain("configuration");
    expect(JSON.stringify(error)).not.toContain("s3cret");
    expect(sent).toEqual([]);
  });

  test.each([
    "http://127.1/",
    "http://[::1]/",
    "http://2130706433/",
    "https://localhost./",
    "http://169.254.169.254/",
    "http://metadata.google.internal/",
  ])("E1 %s is refused without lookup or contact", async (url) => {
    const { egress, sent, looked } = world(ok);
    expect((await failureOf(egress.fetch(url, untrusted))).code).toBe("FORBIDDEN");
    expect([sent, looked]).toEqual([[], []]);
  });

  test.each([
    "file:///etc/passwd",
    "data:text/plain,x",
    "s3://bucket/key",
    "ftp://93.184.215.14/",
    "blob:https://api.test/x",
    "ws://93.184.215.14/",
  ])("%s is refused whoever named it", async (url) => {
    for (const options of [untrusted, configured]) {
      const { egress, sent } = world(ok);
      expect((await failureOf(egress.fetch(url, options))).code).toBe("FORBIDDEN");
      expect(sent).toEqual([]);
    }
  });

  test("a user name in the URL is refused", async () => {
    const { egress, sent } = world(ok, publicNames);
    const error = await failureOf(egress.fetch("https://ana:pass@api.test/", untrusted));
    expect(error.code).toBe("FORBIDDEN");
    expect(error.message).not.toContain("pass");
    expect(sent).toEqual([]);
  });

  test("the next address is tried when the first takes no connection, and only then", async () => {
    const names = { "two.test": ["2606:4700::1111", "93.184.215.14"] };
    const fail = (code: string) => Object.assign(new Error(code), { code });
    const first = world(({ url }) => (url.hostname.startsWith("[") ? Promise.reject(fail("ENETUNREACH")) : ok()), names);
    expect(await (await first.egress.fetch("http://two.test/", { ...untrusted, method: "POST", body: "x" })).text()).toBe("ok");
    expect(first.sent.map(({ url }) => url.hostname)).toEqual(["[2606:4700::1111]", "93.184.215.14"]);
    const second = world(() => Promise.reject(fail("ECONNRESET")), names);
    expect((await failureOf(second.egress.fetch("http://two.test/", { ...untrusted, method: "POST", body: "x" }))).code).toBe(
      "UPSTREAM_UNAVAILABLE",
    );
    expect(second.sent).toHaveLength(1);
  });

  test("E9 plain http goes past the proxies of the environment, https asks them for the checked address", async () => {
    const { egress, sent } = world(ok, publicNames);
    await egress.fetch("http://api.test/", untrusted);
    await egress.fetch("https://api.test/", untrusted);
    expect(sent[0]!.init.proxy).toBe(false);
    expect(sent.map(({ url }) => url.hostname)).toEqual(["93.184.215.14", "93.184.215.14"]);
  });

  test("sockets, proxies and TLS settings of the caller do not pass", async () => {
    const { egress, sent } = world(ok, publicNames);
    const sly = { unix: "/run/docker.sock", proxy: "http://10.0.0.1", tls: { rejectUnauthorized: false } } as EgressInit;
    await egress.fetch("https://api.test/", { ...untrusted, ...sly });
    await egress.fetch("https://api.test/", { ...configured, ...sly });
    for (const { init } of sent)
      expect([init.unix, init.proxy, (init.tls as { rejectUnauthorized?: boolean })?.rejectUnauthorized]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
  });
});

describe("configured addresses", () => {
  test.each(["http://localhost:3000/mcp", "http://127.0.0.1:3000/", "http://[::1]:3000/", "https://192.168.1.5/"])(
    "%s goes out as it is, without a lookup",
    async (url) => {
      const { egress, sent, looked } = world(ok);
      const response = await egress.fetch(url, configured);
      expect(await response.text()).toBe("ok");
      expect(sent[0]!.url.href).toBe(url);
      expect(sent[0]!.init.timeout).toBe(false);
      expect(looked).toEqual([]);
    },
  );

  test("E9 proxies of the environment are not asked for this machine", async () => {
    const { egress, sent } = world(ok, publicNames);
    await egress.fetch("http://localhost:3000/", configured);
    await egress.fetch("https://api.test/", configured);
    expect(sent.map(({ init }) => init.proxy)).toEqual([false, undefined]);
  });

  test.each([
    "http://169.254.169.254/latest/meta-data",
    "http://[fd00:ec2::254]/",
    "http://[::ffff:169.254.169.254]/",
    "http://metadata.google.internal/",
    "http://metadata.test/",
  ])("%s is a metadata service, and refused", async (url) => {
    const { egress, sent } = world(ok, { "metadata.test": ["169.254.169.254"] });
    expect((await failureOf(egress.fetch(url, configured))).code).toBe("FORBIDDEN");
    expect(sent).toEqual([]);
  });

  test("a name is looked up once in 30 s, and one that only a proxy knows still goes out", async () => {
    const { egress, looked, clock, sent } = world(ok, { "inner.test": ["10.0.0.7"] });
    for (let i = 0; i < 3; i++) await egress.fetch("http://inner.test/", configured);
    expect(looked).toEqual(["inner.test"]);
    await clock.advance(30_001);
    await egress.fetch("http://inner.test/", configured);
    await egress.fetch("http://behind-proxy.test/", configured);
    expect(looked).toEqual(["inner.test", "inner.test", "behind-proxy.test"]);
    expect(sent.at(-1)!.url.hostname).toBe("behind-proxy.test");
  });
});

describe("E2 redirects", () => {
  test.each([
    "http://127.0.0.1/",
    "http://inner.test/",
    "//169.254.169.254/",
    "http://localhost/",
    "file:///etc/passwd",
    "http://u:p@api.test/",
  ])("from a public server to %s is refused, configured or not", async (location) => {
    for (const options of [untrusted, configured]) {
      const { egress, sent } = world(() => redirect(location), publicNames);
      expect((await failureOf(egress.fetch("http://api.test/", options))).code).toBe("FORBIDDEN");
      expect(sent).toHaveLength(1);
    }
  });

  test("down from https to http is refused", async () => {
    const { egress, sent } = world(() => redirect("http://api.test/"), publicNames);
    const error = await failureOf(egress.fetch("https://api.test/", untrusted));
    expect(error).toMatchObject({ code: "FORBIDDEN", message: "Refused to contact api.test: api.test redirects from https down to http" });
    expect(sent).toHaveLength(1);
  });

  test("a configured server on this machine redirects within its own host only", async () => {
    const own = world(({ url }) => (url.pathname === "/old" ? redirect("/new", 307) : ok()));
    expect(await (await own.egress.fetch("http://localhost:3000/old", { ...configured, method: "POST", body: "x" })).text()).toBe("ok");
    expect(own.sent[1]!).toMatchObject({ init: { method: "POST", body: "x" } });
    const foreign = world(() => redirect("http://192.168.0.1/"));
    expect((await failureOf(foreign.egress.fetch("http://localhost:3000/", configured))).code).toBe("FORBIDDEN");
  });

  test("credentials stay within the origin, also on the way back to it", async () => {
    const chain = ["https://other.test/b", "https://api.test/c"];
    const { egress, sent } = world(() => (chain.length ? redirect(chain.shift()!) : ok()), publicNames);
    const headers = { authorization: "Bearer a", Cookie: "b", "Proxy-Authorization": "c", "X-Api-Key": "d", accept: "e" };
    await egress.fetch("https://api.test/a", { ...configured, headers, credentialHeaders: ["x-api-key"] });
    expect([...headersOf(sent[0]!).keys()]).toEqual(["accept", "authorization", "cookie", "proxy-authorization", "x-api-key"]);
    for (const later of sent.slice(1)) expect([...headersOf(later).keys()].filter((name) => name !== "host")).toEqual(["accept"]);
    expect(sent.map(({ url }) => url.hostname)).toEqual(["api.test", "93.184.215.15", "93.184.215.14"]);
  });

  test("another port is another origin", async () => {
    const { egress, sent } = world(({ url }) => (url.port ? ok() : redirect("https://api.test:8443/")), publicNames);
    await egress.fetch("https://api.test/", { ...untrusted, headers: { authorization: "Bearer a" } });
    expect(headersOf(sent[1]!).has("authorization")).toBe(false);
    expect(headersOf(sent[1]!).get("host")).toBe("api.test:8443");
  });

  test.each([
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "POST", "GET"],
    [303, "PUT", "GET"],
    [303, "HEAD", "HEAD"],
    [302, "PUT", "PUT"],
    [307, "POST", "POST"],
    [308, "POST", "POST"],
  ])("%i turns %s into %s", async (status, method, next) => {
    let first = true;
    const { egress, sent } = world(() => (first ? ((first = false), redirect("/next", status)) : ok()), publicNames);
    await egress.fetch("https://api.test/", {
      ...untrusted,
      method,
      headers: { "content-type": "text/plain" },
      ...(method !== "HEAD" && { body: "x" }),
    });
    expect(sent[1]!.init.method).toBe(next);
    expect(sent[1]!.init.body).toBe(next === method && method !== "HEAD" ? "x" : undefined);
    expect(headersOf(sent[1]!).has("content-type")).toBe(next === method);
  });

  test("a body is not passed on to another host: it may hold a refresh token", async () => {
    const { egress, sent } = world(() => redirect("https://other.test/token", 307), publicNames);
    expect((await failureOf(egress.fetch("https://api.test/token", { ...untrusted, method: "POST", body: "refresh_token=x" }))).code).toBe(
      "FORBIDDEN",
    );
    expect(sent).toHaveLength(1);
  });

  test("a streamed body is not sent twice", async () => {
    const { egress, sent } = world(() => redirect("/next", 307), publicNames);
    const work = egress.fetch("https://api.test/", { ...untrusted, method: "POST", body: new Blob(["x"]).stream() });
    expect((await failureOf(work)).code).toBe("UPSTREAM_UNAVAILABLE");
    expect(sent).toHaveLength(1);
  });

  test("circles end after five, or as many as given", async () => {
    const { egress, sent } = world(() => redirect("/again"), publicNames);
    expect((await failureOf(egress.fetch("https://api.test/", untrusted))).code).toBe("UPSTREAM_UNAVAILABLE");
    expect(sent).toHaveLength(6);
    await failureOf(egress.fetch("https://api.test/", { ...untrusted, maxRedirects: 0 }));
    await failureOf(egress.fetch("https://api.test/", { ...untrusted, redirect: "error" }));
    expect(sent).toHaveLength(8);
    expect((await egress.fetch("https://api.test/", { ...untrusted, redirect: "manual" })).status).toBe(302);
  });
});

describe("failures", () => {
  test.each([
    ["ECONNREFUSED", "api.test is unreachable: connection refused"],
    ["ENOTFOUND", "api.test is unreachable: DNS name not found"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "api.test is unreachable: TLS: its certificate is for another name"],
    ["ERR_SSL_SOMETHING", "api.test is unreachable: TLS: ERR_SSL_SOMETHING"],
    ["", "api.test is unreachable: network error"],
  ])("%s reads well and quotes no URL", async (code, message) => {
    const { egress } = world(
      () => Promise.reject(Object.assign(new Error("fetching https://api.test/?key=s3cret"), { code })),
      publicNames,
    );
    for (const options of [configured, untrusted]) {
      const error = await failureOf(egress.fetch("https://api.test/?key=s3cret", options));
      expect(error).toMatchObject({ code: "UPSTREAM_UNAVAILABLE", message });
      expect(error.hint).toBeString();
      expect(JSON.stringify(error)).not.toContain("s3cret");
    }
  });

  test("an unknown name is unreachable, an unreadable URL is invalid", async () => {
    const { egress } = world(ok, { "empty.test": [] });
    for (const host of ["nowhere.test", "empty.test"])
      expect((await failureOf(egress.fetch(`https://${host}/`, untrusted))).message).toBe(`${host} is unreachable: DNS name not found`);
    expect((await failureOf(egress.fetch("not a url", untrusted))).code).toBe("VALIDATION");
  });

  test("a caller that leaves gets CANCELLED, also while the name is looked up", async () => {
    const never = new Promise<never>(() => undefined);
    const runtime = fakeRuntime({ resolve: () => never, fetch: (_, init) => untilAborted(init!.signal!) });
    for (const url of ["http://api.test/", "http://localhost/"]) {
      const caller = new AbortController();
      const work = createEgress({ runtime, log: silentLog }).fetch(url, {
        trust: url.includes("localhost") ? "configured" : "untrusted",
        signal: caller.signal,
      });
      caller.abort();
      expect((await failureOf(work)).code).toBe("CANCELLED");
    }
  });

  test("E10 time runs out before the answer, and within it", async () => {
    const clock = fakeClock();
    const runtime = fakeRuntime({
      clock,
      resolve: async () => ["93.184.215.14"],
      fetch: (url, init) =>
        new URL(url).pathname === "/hang"
          ? untilAborted(init!.signal!)
          : Promise.resolve(new Response(new ReadableStream({ pull: () => untilAborted(init!.signal!) }))),
    });
    const egress = createEgress({ runtime, log: silentLog });
    const waiting = failureOf(egress.fetch("https://api.test/hang", untrusted));
    await clock.advance(30_000);
    expect((await waiting).code).toBe("TIMEOUT");
    const opened = egress.fetch("https://api.test/slow", { ...configured, timeoutMs: 500 });
    await clock.advance(0);
    const reading = failureOf((await opened).text());
    await clock.advance(500);
    expect((await reading).code).toBe("TIMEOUT");
  });
});
