import { expect, test } from "bun:test";
import { startAuthServer } from "../support/fake-auth-server.ts";
import { freePort } from "../support/free-port.ts";
import { startProtectedUpstream } from "../support/protected-upstream.ts";
import { inState, signIn, visit } from "../support/sign-in.ts";
import { testHub, type TestHub } from "../support/test-hub.ts";

const config = (url: string, auth?: unknown) => ({ mcpServers: { remote: { url, ...(auth !== undefined && { auth }) } } });
const echo = (hub: TestHub, text = "hi") => hub.client.tools.call({ id: "remote.echo", arguments: { text } });

test("a server that asks for it is signed in at, connects by itself, and its tools are listed", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth, { scope: "mcp:basic" });
  await using hub = await testHub(config(upstream.url));
  const page = await signIn(hub);
  expect(page).toMatchObject({ status: 200, text: expect.stringContaining("The hub is signed in at remote") });
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  await hub.ready("remote");
  expect((await hub.client.tools.list({ source: "remote" })).items.map(({ id }) => id)).toContain("remote.echo");
  expect((await echo(hub)).isError).toBeFalsy();
  const asked = auth.requests.find(({ path }) => path === "/authorize")!.fields;
  expect(Object.fromEntries(asked)).toMatchObject({ code_challenge_method: "S256", scope: "mcp:basic", resource: upstream.url });
  expect((await hub.client.servers.get({ name: "remote" })).authorizationUrl).toBeUndefined();
  expect((await hub.event("servers.authorized")).data).toEqual({ name: "remote", issuer: auth.issuer, scope: "mcp:basic" });
});

test("B1 a server that names another issuer gets nothing, and the person sees the change", async () => {
  await using auth = startAuthServer();
  await using evil = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  auth.revokeAll();
  upstream.protection.auth = evil;
  await expect(echo(hub)).rejects.toMatchObject({ code: "UPSTREAM_UNAVAILABLE", hint: expect.stringContaining(`--issuer ${evil.issuer}`) });
  expect((await hub.event("servers.issuer_changed")).data).toMatchObject({
    name: "remote",
    from: auth.issuer,
    to: evil.issuer,
  });
  expect((await hub.client.servers.get({ name: "remote" })).error).toContain("as its authorization server instead of");
  await expect(hub.client.servers.authorize({ name: "remote" })).rejects.toMatchObject({ code: "CONFLICT" });
  await hub.client.servers.restart({ name: "remote" });
  expect(evil.requests).toEqual([]);
  expect(auth.granted("refresh_token")).toHaveLength(1);

  const { authorizationUrl } = await hub.client.servers.authorize({ name: "remote", issuer: evil.issuer });
  expect((await visit(authorizationUrl)).status).toBe(200);
  expect((await echo(hub)).isError).toBeFalsy();
  expect(evil.granted("refresh_token")).toEqual([]);
});

test("B1 an issuer that is configured is the only one ever asked, from the first request on", async () => {
  await using auth = startAuthServer();
  await using evil = startAuthServer();
  await using upstream = startProtectedUpstream(evil);
  await using hub = await testHub(config(upstream.url, { clientId: "mine", clientSecret: "hush", issuer: auth.issuer }));
  await inState(hub, "failed");
  expect((await hub.client.servers.get({ name: "remote" })).hint).toContain("auth.issuer");
  await expect(hub.client.servers.authorize({ name: "remote", issuer: evil.issuer })).rejects.toMatchObject({ code: "CONFLICT" });
  expect([...evil.requests, ...auth.requests]).toEqual([]);
});

test("B1 credentials belong to the address they were given for", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using other = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  await hub.writeConfig(config(other.url));
  await hub.event("servers.authorization_required", () => other.requests.length > 0);
  expect(other.requests.filter(({ headers }) => headers.has("authorization"))).toEqual([]);
});

test("B2 with a secret a server without metadata is never taken for its own issuer", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth, { metadata: undefined });
  await using hub = await testHub(config(upstream.url, { clientId: "mine", clientSecret: "hush" }));
  await inState(hub, "failed");
  expect(auth.requests).toEqual([]);
  expect((await hub.client.servers.get({ name: "remote" })).error).toContain("does not say who lets people in");
});

test.each([
  ["path", "/other"],
  ["longer path", "/mcp/more"],
  ["case of the path", "/MCP"],
])("B5 metadata of another resource (%s) is refused", async (_, path) => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  upstream.protection.metadata = { resource: new URL(path, upstream.url).href };
  await using hub = await testHub(config(upstream.url));
  await inState(hub, "failed");
  expect((await hub.client.servers.get({ name: "remote" })).error).toContain("names another address");
  expect(auth.requests).toEqual([]);
});

test.each([
  ["missing though it is advertised", undefined, true],
  ["that of somebody else", "https://evil.example", true],
  ["that of somebody else, and not advertised", "https://evil.example", false],
] as const)("B6 an answer whose iss is %s ends before the code is traded", async (_, iss, advertisesIss) => {
  await using auth = startAuthServer({ iss: () => iss, advertisesIss });
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  const page = await signIn(hub);
  expect(page.status).toBe(403);
  expect(page.text).toContain("does not come from");
  expect(auth.granted("authorization_code")).toEqual([]);
  expect((await hub.client.servers.get({ name: "remote" })).state).toBe("authorizing");
});

test("B9 a state is good once, unknown ones are refused, and one server's answer is not another's", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await inState(hub, "authorizing");
  const { authorizationUrl } = await hub.client.servers.get({ name: "remote" });
  const sent = new URL(authorizationUrl!);
  const at = (path: string, fields: Record<string, string>) => fetch(`${hub.url}${path}?${new URLSearchParams(fields).toString()}`);
  expect((await at("/oauth/callback/remote", { code: "x" })).status).toBe(400);
  expect((await at("/oauth/callback/remote", { code: "x", state: "made-up" })).status).toBe(403);
  expect((await at("/oauth/callback/remote", { code: "x", state: sent.searchParams.get("state")!, iss: auth.issuer })).status).toBe(400);
  const spent = await at("/oauth/callback/remote", { code: "x", state: sent.searchParams.get("state")!, iss: auth.issuer });
  expect(spent.status).toBe(403);
  const fresh = new URL((await hub.client.servers.get({ name: "remote" })).authorizationUrl!);
  expect(fresh.searchParams.get("state")).not.toBe(sent.searchParams.get("state"));
  expect((await at("/oauth/callback/another", { code: "x", state: fresh.searchParams.get("state")!, iss: auth.issuer })).status).toBe(403);
  expect(auth.granted("authorization_code")).toHaveLength(1);
});

test("B9 nothing of an address is written into the page", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await inState(hub, "authorizing");
  const state = new URL((await hub.client.servers.get({ name: "remote" })).authorizationUrl!).searchParams.get("state")!;
  const attack = "<script>alert(1)</script>";
  const fields = { state, iss: auth.issuer, error: attack, error_description: attack };
  for (const path of [
    `/oauth/callback/remote?${new URLSearchParams(fields).toString()}`,
    `/oauth/callback/${encodeURIComponent(attack)}?state=${attack}&code=${attack}`,
  ]) {
    const page = await fetch(`${hub.url}${path}`);
    expect(await page.text()).not.toContain("<script");
    expect(page.headers.get("x-frame-options")).toBe("DENY");
  }
});

test.each([
  ["plain", ["plain"]],
  ["nothing", undefined],
])("B12 an authorization server that offers %s instead of S256 is refused", async (_, pkce) => {
  await using auth = startAuthServer({ pkce });
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await inState(hub, "failed");
  expect((await hub.client.servers.get({ name: "remote" })).error).toContain("PKCE");
  expect(auth.requests.map(({ path }) => path)).toEqual(["/.well-known/oauth-authorization-server"]);
});

test("B13 B17 calls that meet a 401 together renew the token once, and all of them succeed", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  auth.expireAccess();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => echo(hub, String(i))));
  expect(answers.map(({ isError }) => isError ?? false)).not.toContain(true);
  expect(auth.granted("refresh_token")).toHaveLength(1);
});

test("B13 two hubs on one store renew at the same moment, and neither is locked out", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using first = await testHub(config(upstream.url));
  await signIn(first);
  await first.ready("remote");
  await using second = await testHub(config(upstream.url), { home: first.home });
  await second.client.servers.start({ name: "remote" });
  expect((await second.client.servers.get({ name: "remote" })).state).toBe("ready");
  for (let round = 0; round < 5; round++) {
    auth.expireAccess();
    const answers = await Promise.all([echo(first), echo(second), echo(first), echo(second)]);
    expect(answers.some(({ isError }) => isError)).toBe(false);
  }
  expect(auth.granted("refresh_token")).toHaveLength(5);
});

test("B13 a token that ends is renewed before it is used", async () => {
  await using auth = startAuthServer({ expiresIn: 1 });
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  expect(auth.granted("refresh_token").length).toBeGreaterThan(0);
  expect(upstream.requests.filter(({ headers }) => headers.has("authorization")).length).toBeGreaterThan(0);
});

test("B17 when a refresh dies the server waits for a person, says so to the caller, and comes back by itself", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  auth.revokeAll();
  const answers = await Promise.allSettled([echo(hub), echo(hub), echo(hub)]);
  for (const answer of answers)
    expect(answer).toMatchObject({
      status: "rejected",
      reason: { code: "UPSTREAM_REJECTED", hint: "Run `hubctl servers authorize remote`" },
    });
  expect(auth.granted("refresh_token")).toHaveLength(1);
  const { state, authorizationUrl } = await hub.client.servers.get({ name: "remote" });
  expect(state).toBe("authorizing");
  await visit(authorizationUrl!);
  expect((await echo(hub)).isError).toBeFalsy();
});

test("B17 an authorization server that is away for a moment costs no sign-in", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  auth.expireAccess();
  auth.manner.onToken = () => new Response("busy", { status: 503 });
  await expect(echo(hub)).rejects.toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
  auth.manner.onToken = undefined;
  expect((await echo(hub)).isError).toBeFalsy();
});

test("a call that wants more is refused with what to do, everything else works on, and the wider grant keeps the narrower one", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth, { scope: "mcp:basic", methods: { "tools/call": "mcp:write" } });
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  await expect(echo(hub)).rejects.toMatchObject({ code: "UPSTREAM_REJECTED", details: { requiredScope: "mcp:write" } });
  const { state, authorizationUrl } = await hub.client.servers.get({ name: "remote" });
  expect(state).toBe("ready");
  expect(new URL(authorizationUrl!).searchParams.get("scope")).toBe("mcp:basic mcp:write");
  await visit(authorizationUrl!);
  expect((await echo(hub)).isError).toBeFalsy();
  expect((await hub.client.servers.get({ name: "remote" })).authorizationUrl).toBeUndefined();
});

test("a scope that was asked for and not granted is not asked for over and over", async () => {
  await using auth = startAuthServer({ grants: () => "mcp:basic" });
  await using upstream = startProtectedUpstream(auth, { scope: "mcp:basic", methods: { "tools/call": "mcp:write" } });
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  for (let round = 0; round < 3; round++) {
    await expect(echo(hub)).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
    const { authorizationUrl } = await hub.client.servers.get({ name: "remote" });
    if (authorizationUrl) await visit(authorizationUrl);
  }
  expect(auth.requests.filter(({ path }) => path === "/authorize")).toHaveLength(2);
});

test("B18 a person at another machine signs in with a code, or pastes the address the browser ended at", async () => {
  await using auth = startAuthServer({ device: true });
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await inState(hub, "authorizing");
  const { userCode, authorizationUrl } = await hub.client.servers.authorize({ name: "remote", device: true });
  expect(authorizationUrl).toBe(`${auth.issuer}/activate`);
  auth.approveDevice(userCode!);
  await hub.ready("remote");
  expect((await echo(hub)).isError).toBeFalsy();

  expect(await hub.client.servers.forgetAuthorization({ name: "remote" })).toMatchObject({ name: "remote", forgotten: true });
  const offer = await hub.client.servers.authorize({ name: "remote" });
  const answer = await fetch(offer.authorizationUrl, { redirect: "manual" });
  expect(await hub.client.servers.completeAuthorization({ url: answer.headers.get("location")! })).toEqual({ name: "remote" });
  expect((await echo(hub)).isError).toBeFalsy();
});

test("what was granted survives a restart, sealed; a client registers once", async () => {
  await using auth = startAuthServer({ authMethods: ["client_secret_basic"] });
  await using upstream = startProtectedUpstream(auth);
  const port = freePort();
  await using first = await testHub(config(upstream.url), { listen: { port } });
  await signIn(first);
  await first.ready("remote");
  await first.hub.stop();
  const disk = await Promise.all(
    [...new Bun.Glob("**/hub.db*").scanSync({ cwd: first.home, dot: true })].map((file) => Bun.file(`${first.home}/${file}`).text()),
  );
  expect(disk.length).toBeGreaterThan(0);
  expect(disk.join("")).not.toMatch(/\b(at|rt)-\d+\b|client-secret-\d/);
  await using second = await testHub(config(upstream.url), { home: first.home, listen: { port } });
  expect((await echo(second)).isError).toBeFalsy();
  expect(auth.requests.filter(({ path }) => path === "/register")).toHaveLength(1);
});

test("a client of the configuration is used as it is, with its secret", async () => {
  await using auth = startAuthServer({ registration: false, authMethods: ["client_secret_post"] });
  await using upstream = startProtectedUpstream(auth);
  const mine = { clientId: "mine", clientSecret: "${SECRET}", issuer: auth.issuer, scopes: ["a", "b"] };
  await using hub = await testHub(config(upstream.url, mine), { env: { SECRET: "hush" } });
  await signIn(hub);
  await hub.ready("remote");
  const [token] = auth.granted("authorization_code");
  expect(Object.fromEntries(token!.fields)).toMatchObject({ client_id: "mine", client_secret: "hush" });
  expect(JSON.stringify(await hub.client.config.get({}))).not.toContain("hush");
});

test("where a metadata document is known it is the client's id, and nothing is registered", async () => {
  await using auth = startAuthServer({ documents: true });
  await using upstream = startProtectedUpstream(auth);
  const clientMetadataUrl = "https://hub.example/client.json";
  await using hub = await testHub({ ...config(upstream.url), hub: { clientMetadataUrl } });
  await signIn(hub);
  await hub.ready("remote");
  const asked = auth.requests.find(({ path }) => path === "/authorize")!.fields;
  expect(asked.get("client_id")).toBe(clientMetadataUrl);
  expect(auth.requests.map(({ path }) => path)).not.toContain("/register");
  const document = (await (await fetch(`${hub.url}/oauth/client-metadata.json`)).json()) as { client_id: string; redirect_uris: string[] };
  expect(document).toMatchObject({ client_id: clientMetadataUrl, redirect_uris: [asked.get("redirect_uri")] });
});

test("a server with a credential in its headers, or auth false, is never signed in at", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub({
    mcpServers: { remote: { url: upstream.url, headers: { authorization: "Bearer wrong" } }, off: { url: upstream.url, auth: false } },
  });
  await inState(hub, "failed");
  expect((await hub.client.servers.get({ name: "remote" })).error).toContain("wants a credential (HTTP 401)");
  await expect(hub.client.servers.authorize({ name: "off" })).rejects.toMatchObject({ code: "VALIDATION" });
  expect(auth.requests).toEqual([]);
});

test("neither the audit nor the log repeats a code, a state or a token", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await inState(hub, "authorizing");
  const { authorizationUrl } = await hub.client.servers.authorize({ name: "remote" });
  const back = (await fetch(authorizationUrl, { redirect: "manual" })).headers.get("location")!;
  await hub.client.servers.completeAuthorization({ url: back });
  await hub.ready("remote");
  await echo(hub);
  const { items } = await hub.client.audit.list({});
  expect(items.map(({ action }) => action)).toContain("servers.completeAuthorization");
  const { searchParams } = new URL(back);
  const written = JSON.stringify([
    items,
    hub.logged,
    (await hub.client.events.list({})).items,
    await hub.client.servers.logs({ name: "remote" }),
  ]);
  for (const secret of [searchParams.get("code")!, searchParams.get("state")!, "at-", "rt-"]) expect(written).not.toContain(`${secret}"`);
  expect(written).not.toMatch(/\b(at|rt|code)-\d+\b/);
  expect(written).not.toContain(searchParams.get("state")!);
});

test("B4 tokens are renewed where the issuer said when the person signed in, whatever its metadata says by now", async () => {
  await using auth = startAuthServer();
  await using evil = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  auth.manner.metadata = { token_endpoint: `${evil.issuer}/token`, authorization_endpoint: `${evil.issuer}/authorize` };
  auth.expireAccess();
  expect((await echo(hub)).isError).toBeFalsy();
  expect(evil.requests).toEqual([]);
});

test.each([
  ["issuer", { issuer: "https://evil.example" }],
  ["authorization endpoint", { authorization_endpoint: "javascript:alert(1)" }],
  ["token endpoint", { token_endpoint: "http://as.example/token" }],
  ["registration endpoint", { registration_endpoint: "http://169.254.169.254/latest" }],
])("B7 metadata with a hostile %s are refused, and nothing is sent on", async (_, metadata) => {
  await using auth = startAuthServer({ metadata });
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await inState(hub, "failed");
  expect((await hub.client.servers.get({ name: "remote" })).authorizationUrl).toBeUndefined();
  expect(auth.requests.map(({ path }) => path)).toEqual(["/.well-known/oauth-authorization-server"]);
});

test("a client registered with mcp-hub's address comes back by it, and only for the server it was begun for", async () => {
  await using auth = startAuthServer({ registration: false });
  await using upstream = startProtectedUpstream(auth);
  const port = freePort();
  const redirectUrl = `http://127.0.0.1:${port}/api/oauth/callback?server_name=remote`;
  await using hub = await testHub(config(upstream.url, { clientId: "mine", redirectUrl }), { listen: { port } });
  const page = await signIn(hub);
  expect(page.back).toStartWith(`${redirectUrl}&code=`);
  expect(page.status).toBe(200);
  await hub.ready("remote");
  const { authorizationUrl } = await hub.client.servers.authorize({ name: "remote" });
  const back = (await fetch(authorizationUrl, { redirect: "manual" })).headers.get("location")!;
  expect((await fetch(back.replace("server_name=remote", "server_name=other"))).status).toBe(403);
});

test("looking ahead at the callback does not spend the code", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await inState(hub, "authorizing");
  const { authorizationUrl } = await hub.client.servers.get({ name: "remote" });
  const back = (await fetch(authorizationUrl!, { redirect: "manual" })).headers.get("location")!;
  expect((await fetch(back, { method: "HEAD" })).status).toBe(204);
  expect((await fetch(back, { headers: { "sec-purpose": "prefetch" } })).status).toBe(204);
  expect((await fetch(back)).status).toBe(200);
});

test("B16 however many ask, and however often a server refuses, the hub registers once; and itself it registers nobody", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  const asked = await Promise.all(Array.from({ length: 50 }, () => hub.client.servers.authorize({ name: "remote" })));
  expect(new Set(asked.map(({ authorizationUrl }) => authorizationUrl)).size).toBe(1);
  for (let round = 0; round < 10; round++) await hub.client.servers.restart({ name: "remote" });
  expect(auth.requests.filter(({ path }) => path === "/register")).toHaveLength(1);
  await visit(asked[0]!.authorizationUrl);
  await hub.ready("remote");
  for (const path of ["/register", "/oauth/register"]) expect((await fetch(`${hub.url}${path}`, { method: "POST" })).status).toBe(404);
  expect((await fetch(`${hub.url}/.well-known/oauth-authorization-server`)).status).toBe(404);
});
