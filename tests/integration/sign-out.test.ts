import { expect, test } from "bun:test";
import { startAuthServer } from "../support/fake-auth-server.ts";
import { hurriedClock } from "../support/hurried-clock.ts";
import { startProtectedUpstream } from "../support/protected-upstream.ts";
import { signIn, visit } from "../support/sign-in.ts";
import { testHub, type TestHub } from "../support/test-hub.ts";

const config = (url: string) => ({ mcpServers: { remote: { url } } });
const echo = (hub: TestHub) => hub.client.tools.call({ id: "remote.echo", arguments: { text: "hi" } });
const signOut = (hub: TestHub) => hub.client.servers.forgetAuthorization({ name: "remote" });
const tokensIn = (text: string) => text.match(/\b(at|rt|client-secret)-\d+\b/g);

test("signing out gives both tokens back, and the next sign-in begins anew", async () => {
  await using auth = startAuthServer({ revocation: true, authMethods: ["client_secret_basic"] });
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  const [used] = upstream.requests.flatMap(({ headers }) => headers.get("authorization") ?? []);
  const accessToken = used!.replace("Bearer ", "");
  expect(auth.scopeOf(accessToken)).toBeDefined();
  expect(await signOut(hub)).toEqual({ name: "remote", forgotten: true, revoked: true });
  expect(auth.scopeOf(accessToken)).toBeUndefined();
  const given = auth.requests.filter(({ path }) => path === "/revoke");
  expect(new Set(given.map(({ fields }) => fields.get("token_type_hint")))).toEqual(new Set(["access_token", "refresh_token"]));
  expect(
    tokensIn(JSON.stringify([hub.logged, (await hub.client.audit.list({})).items, (await hub.client.events.list({})).items])),
  ).toBeNull();
  const { state, authorizationUrl } = await hub.client.servers.get({ name: "remote" });
  expect(state).toBe("authorizing");
  await visit(authorizationUrl!);
  expect((await echo(hub)).isError).toBeFalsy();
  expect(await signOut(hub)).toMatchObject({ revoked: true });
  expect(await signOut(hub)).toMatchObject({ revoked: false });
});

test("tokens are given back where the issuer said when the person signed in, whatever its metadata says by now", async () => {
  await using auth = startAuthServer({ revocation: true });
  await using evil = startAuthServer({ revocation: true });
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  auth.manner.metadata = { revocation_endpoint: `${evil.issuer}/revoke` };
  upstream.protection.auth = evil;
  expect(await signOut(hub)).toMatchObject({ revoked: true });
  expect(evil.requests.filter(({ path }) => path === "/revoke")).toEqual([]);
});

test.each([
  ["knows no way to take them", {}],
  ["fails", { revocation: true, onRevoke: () => new Response("rt-1 at-1", { status: 503 }) }],
  ["never answers", { revocation: true, onRevoke: () => new Promise<Response>(() => undefined) }],
  ["names an address that is refused", { metadata: { revocation_endpoint: "http://as.example/revoke" } }],
])("an authorization server that %s keeps nobody from signing out", async (_, manner) => {
  await using auth = startAuthServer(manner);
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url), { runtime: { clock: hurriedClock(20) } });
  await signIn(hub);
  await hub.ready("remote");
  expect(await signOut(hub)).toEqual({ name: "remote", forgotten: true, revoked: false });
  expect((await hub.client.servers.get({ name: "remote" })).state).toBe("authorizing");
  expect(await signOut(hub)).toMatchObject({ revoked: false });
  expect(tokensIn(JSON.stringify(hub.logged))).toBeNull();
});

test("a renewal that is on its way when somebody signs out brings nothing back", async () => {
  const [renewing, released, revoking] = [Promise.withResolvers<void>(), Promise.withResolvers<undefined>(), Promise.withResolvers<void>()];
  const onRevoke = () => {
    revoking.resolve();
    return new Response();
  };
  await using auth = startAuthServer({ revocation: true, onRevoke });
  await using upstream = startProtectedUpstream(auth);
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  auth.manner.onToken = () => {
    renewing.resolve();
    return released.promise;
  };
  auth.expireAccess();
  const call = echo(hub).catch(() => undefined);
  await renewing.promise;
  const signedOut = signOut(hub);
  await revoking.promise;
  released.resolve(undefined);
  expect(await signedOut).toMatchObject({ forgotten: true });
  await call;
  expect(auth.granted("refresh_token")).toHaveLength(1);
  const given = auth.requests.flatMap(({ path, fields }) => (path === "/revoke" ? [fields.get("token")] : []));
  expect(new Set(given).size).toBe(4);
  await expect(echo(hub)).rejects.toMatchObject({ hint: "Run `hubctl servers authorize remote`" });
});
