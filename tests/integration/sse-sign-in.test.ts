import { expect, test } from "bun:test";
import { startAuthServer } from "../support/fake-auth-server.ts";
import { startProtectedUpstream } from "../support/protected-upstream.ts";
import { signIn, visit } from "../support/sign-in.ts";
import { testHub, type TestHub } from "../support/test-hub.ts";

const config = (url: string, type?: "sse") => ({ mcpServers: { remote: { url, ...(type && { type }) } } });
const echo = (hub: TestHub, text = "hi") => hub.client.tools.call({ id: "remote.echo", arguments: { text } });

const isWithoutSession = (request: Request) => request.method === "POST" && !new URL(request.url).searchParams.has("session");

const manners: readonly (readonly [string, (request: Request) => boolean])[] = [
  ["everything", () => false],
  ["the stream and its messages, and knows no other POST", isWithoutSession],
  ["messages alone", (request) => request.method === "GET" || isWithoutSession(request)],
];

for (const type of [undefined, "sse"] as const)
  test.each(manners)(
    `a server of HTTP+SSE (configured as ${type ?? "anything"}) that wants a token for %s is signed in at`,
    async (_, open) => {
      await using auth = startAuthServer();
      await using upstream = startProtectedUpstream(auth, { sse: true, open });
      await using hub = await testHub(config(upstream.url, type));
      expect((await signIn(hub)).status).toBe(200);
      await hub.ready("remote");
      expect((await hub.client.tools.list({ source: "remote" })).items.map(({ id }) => id)).toContain("remote.echo");
      expect((await echo(hub)).isError).toBeFalsy();
      expect(auth.requests.filter(({ path }) => path === "/authorize")).toHaveLength(1);
    },
  );

test("a token that ends while a stream of HTTP+SSE is open is renewed once for all calls that meet it", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth, { sse: true });
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  auth.expireAccess();
  const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => echo(hub, String(i))));
  expect(answers.map(({ isError }) => isError ?? false)).not.toContain(true);
  expect(auth.granted("refresh_token")).toHaveLength(1);
});

test("a stream of HTTP+SSE that breaks after its token has ended comes back with a new one", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth, { sse: true });
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  auth.expireAccess();
  await upstream.dropSessions();
  let connected = 0;
  await hub.event("servers.state_changed", ({ to }) => to === "ready" && ++connected === 2);
  expect((await echo(hub)).isError).toBeFalsy();
  expect(auth.granted("refresh_token")).toHaveLength(1);
});

test("when the refresh of a server of HTTP+SSE dies it waits for a person, and comes back", async () => {
  await using auth = startAuthServer();
  await using upstream = startProtectedUpstream(auth, { sse: true });
  await using hub = await testHub(config(upstream.url));
  await signIn(hub);
  await hub.ready("remote");
  auth.revokeAll();
  await expect(echo(hub)).rejects.toMatchObject({ code: "UPSTREAM_REJECTED", hint: "Run `hubctl servers authorize remote`" });
  const { state, authorizationUrl } = await hub.client.servers.get({ name: "remote" });
  expect(state).toBe("authorizing");
  await visit(authorizationUrl!);
  expect((await echo(hub)).isError).toBeFalsy();
});
