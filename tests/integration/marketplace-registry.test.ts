import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { stdioServer } from "../support/stdio-server.ts";
import { testHub, type TestHub } from "../support/test-hub.ts";

const get = async (hub: TestHub, path: string) => {
  const response = await fetch(`${hub.url}${path}`);
  return { status: response.status, type: response.headers.get("content-type"), body: (await response.json()) as Record<string, never> };
};

/** A world without a network: whoever reaches out fails the test. */
const unreachable = () => Promise.reject(Object.assign(new Error("there is no network"), { code: "ENOTFOUND" }));
const offline = { resolve: unreachable, fetch: unreachable };

test("offline the hub is a registry in the official shapes", async () => {
  await using hub = await testHub({}, { runtime: offline });
  const page = await get(hub, "/v0.1/servers?limit=3&search=brave&version=latest");
  expect(page.body["metadata"]).toMatchObject({ count: 3, nextCursor: expect.any(String) });
  const [first] = page.body["servers"] as unknown as { server: { name: string; version: string }; _meta: Record<string, object> }[];
  expect(first!._meta["io.modelcontextprotocol.registry/official"]).toMatchObject({ status: "active", isLatest: true });

  const name = encodeURIComponent("io.github.brave/brave-search-mcp-server");
  const versions = (await get(hub, `/v0.1/servers/${name}/versions`)).body["servers"] as unknown as { server: { version: string } }[];
  expect(versions.length).toBeGreaterThan(1);
  const { version } = versions[0]!.server;
  for (const path of [`/v0.1/servers/${name}`, `/v0.1/servers/${name}/versions/latest`, `/v0.1/servers/${name}/versions/${version}`])
    expect((await get(hub, path)).body["server"]).toMatchObject({ name: decodeURIComponent(name), version });
});

test("as a registry it refuses in the registry's way", async () => {
  await using hub = await testHub({}, { runtime: offline });
  for (const [path, status] of [
    ["/v0.1/servers/a.b%2Fc/versions", 404],
    ["/v0.1/servers/a.b%2Fc/versions/1", 404],
    ["/v0.1/servers?limit=0", 400],
    ["/v0.1/servers?limit=1000", 400],
    ["/v0.1/servers?cursor=made-up", 400],
    ["/v0.1/servers?updated_since=now", 400],
  ] as const) {
    const answer = await get(hub, path);
    expect([path, answer.status, answer.type]).toEqual([path, status, "application/problem+json"]);
    expect(answer.body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  }
});

test("offline mcp-hub's clients get the list, its filters and details with a page", async () => {
  await using hub = await testHub({}, { runtime: offline });
  const { body } = await get(hub, "/api/marketplace?search=filesystem&category=system-tools&sort=name");
  const servers = body["servers"] as unknown as { id: string; category: string; installations: { config: string }[] }[];
  expect(servers.length).toBeGreaterThan(0);
  expect(servers.every(({ category }) => category === "system-tools")).toBe(true);
  expect(Date.parse(body["timestamp"] as unknown as string)).toBeGreaterThan(0);
  const { id } = servers.find(({ installations }) => installations[0]!.config.includes("server-filesystem"))!;

  const details = async (mcpId: unknown) => {
    const response = await fetch(`${hub.url}/api/marketplace/details`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ mcpId }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  expect((await details(id)).body["server"]).toMatchObject({ server: { id }, readmeContent: expect.stringContaining("read_file") });
  for (const wrong of [undefined, "", "no such id", 7])
    expect(await details(wrong)).toMatchObject({ status: 400, body: { code: "VALIDATION_ERROR" } });
  expect((await get(hub, "/api/marketplace?")).status).toBe(200);
});

/** A registry on loopback, which only a configuration may name. */
function startRegistry() {
  const asked: string[] = [];
  const state = { status: "active", version: "9.0.0" };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      asked.push(request.url);
      const { status, version } = state;
      const at = "2026-01-02T00:00:00Z";
      const item = {
        server: {
          name: "com.example/fresh",
          description: "only here",
          version,
          remotes: [{ type: "sse", url: "https://example.com/sse" }],
        },
        _meta: {
          "io.modelcontextprotocol.registry/official": { status, statusMessage: "malware", publishedAt: at, updatedAt: at, isLatest: true },
        },
      };
      return Response.json({ servers: [item], metadata: { count: 1 } });
    },
  });
  return { asked, state, url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}

test("synced: what the registry says is found, survives a restart, and the next time only news is asked for", async () => {
  await using registry = startRegistry();
  const config = { hub: { marketplace: { registry: registry.url } } };
  await using hub = await testHub(config);
  expect(registry.asked).toEqual([]);
  expect(await hub.client.marketplace.sync({})).toEqual({ received: 1, skipped: 0, complete: true, withdrawn: [] });
  expect((await hub.client.marketplace.search({ query: "fresh" })).items[0]).toMatchObject({ name: "com.example/fresh", version: "9.0.0" });
  await using again = await testHub(config, { home: hub.home, listen: false });
  expect((await again.client.marketplace.show({ name: "com.example/fresh" })).versions).toMatchObject([
    { version: "9.0.0", status: "active" },
  ]);
  await again.client.marketplace.sync({});
  expect(registry.asked[1]).toContain("updated_since=2026-01-01T23");
  await hub.event("marketplace.synced");
});

test("a registry that nobody configured is never an address inside the house", async () => {
  await using hub = await testHub({}, { runtime: { resolve: async () => ["127.0.0.1"] } });
  await expect(hub.client.marketplace.sync({})).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("offline a sync fails, and everything else goes on", async () => {
  await using hub = await testHub({}, { runtime: offline });
  await expect(hub.client.marketplace.sync({})).rejects.toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
  expect((await hub.client.marketplace.categories({})).items.length).toBeGreaterThan(10);
});

test("what this machine lacks is said, and nothing is written", async () => {
  await using hub = await testHub({}, { env: { PATH: "/nowhere" }, runtime: offline });
  const before = await readFile(hub.configFile, "utf8");
  const failed = hub.client.marketplace.install({
    name: "@modelcontextprotocol/server-filesystem",
    consent: "x",
    inputs: { directory: "/tmp" },
  });
  await expect(failed).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining("npx") });
  expect(await readFile(hub.configFile, "utf8")).toBe(before);
});

test("without consent nothing is installed, and a secret leaves no trace in the audit log", async () => {
  await using hub = await testHub({ mcpServers: { local: stdioServer("echo") } }, { runtime: offline });
  const remote = (await hub.client.marketplace.search({ query: "meminal", limit: 1 })).items[0]!.name;
  const { consent, asks } = await hub.client.marketplace.plan({ name: remote });
  const secrets = { [asks[0]!.key]: "hunter2-hunter2" };
  await expect(hub.client.marketplace.install({ name: remote, secrets })).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(hub.client.marketplace.install({ name: remote, secrets, consent: `${consent}x` })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  expect(await readFile(hub.configFile, "utf8")).not.toContain("meminal");
  // It cannot be reached here, so the installation that was agreed to is taken back whole.
  await expect(hub.client.marketplace.install({ name: remote, secrets, consent })).rejects.toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
  expect(await readFile(hub.configFile, "utf8")).not.toContain("meminal");
  expect(await hub.client.marketplace.installed({})).toEqual({ items: [] });
  expect(JSON.stringify([await hub.client.audit.list({}), hub.logged])).not.toContain("hunter2-hunter2");
});
