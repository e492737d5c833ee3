import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import type { Grant, OAuthClient } from "./records.ts";
import { revokeTokens } from "./revoke.ts";

const issuer = "https://as.example";

function grantOf(client: Partial<OAuthClient> = {}, facts: Partial<Grant["facts"]> = {}): Grant {
  return {
    serverUrl: "https://mcp.example/mcp",
    issuer,
    facts: {
      issuer,
      authorization_endpoint: `${issuer}/a`,
      token_endpoint: `${issuer}/t`,
      response_types_supported: ["code"],
      revocation_endpoint: `${issuer}/r`,
      ...facts,
    },
    client: { kind: "registered", client_id: "c", ...client },
    tokens: { access: "at", refresh: "rt" },
  };
}

function fixture(answer: (token: string | null) => Response | Promise<Response> = () => new Response()) {
  const clock = fakeClock();
  const sent: { url: string; fields: Record<string, string>; authorization: string | null }[] = [];
  const revoke = (grant: Grant, settings = {}) =>
    revokeTokens(grant, {
      clock,
      settings,
      async fetch(url, init) {
        const fields = new URLSearchParams(String(init?.body));
        const authorization = new Headers(init?.headers).get("authorization");
        sent.push({ url: String(url), fields: Object.fromEntries(fields), authorization });
        const gone = new Promise<never>((_, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal!.reason as Error));
        });
        return Promise.race([answer(fields.get("token")), gone]);
      },
    });
  return { clock, sent, revoke };
}

test("both tokens go to the endpoint that the issuer named, the refresh token first", async () => {
  const { sent, revoke } = fixture();
  expect(await revoke(grantOf())).toBe(true);
  expect(sent).toEqual([
    { url: `${issuer}/r`, fields: { token: "rt", token_type_hint: "refresh_token", client_id: "c" }, authorization: null },
    { url: `${issuer}/r`, fields: { token: "at", token_type_hint: "access_token", client_id: "c" }, authorization: null },
  ]);
});

test.each([
  ["the endpoint's own ways", { revocation_endpoint_auth_methods_supported: ["client_secret_basic"] }, `Basic ${btoa("c:h%2Fsh")}`],
  ["those of the token endpoint", { token_endpoint_auth_methods_supported: ["client_secret_basic"] }, `Basic ${btoa("c:h%2Fsh")}`],
  ["a form", { revocation_endpoint_auth_methods_supported: ["client_secret_post"] }, null],
])("a client with a secret proves who it is: %s", async (_, facts, authorization) => {
  const { sent, revoke } = fixture();
  expect(await revoke(grantOf({ client_secret: "h/sh" }, facts))).toBe(true);
  expect(sent.map((one) => one.authorization)).toEqual([authorization, authorization]);
  expect(sent.every(({ fields }) => (fields["client_secret"] === "h/sh") === (authorization === null))).toBe(true);
});

test("without an endpoint, a token, or the client of the configuration nothing is sent", async () => {
  const { sent, revoke } = fixture();
  expect(await revoke(grantOf({}, { revocation_endpoint: undefined }))).toBe(false);
  expect(await revoke({ ...grantOf(), tokens: undefined })).toBe(false);
  expect(await revoke(grantOf({ kind: "configured" }), { clientId: "another" })).toBe(false);
  expect(sent).toEqual([]);
});

test.each(["http://as.example/r", "https://10.0.0.1/r", "javascript:alert(1)"])("a hostile endpoint gets nothing: %s", async (endpoint) => {
  const { sent, revoke } = fixture();
  await expect(revoke(grantOf({}, { revocation_endpoint: endpoint }))).rejects.toThrow(
    "revocation endpoint that the server names is refused",
  );
  expect(sent).toEqual([]);
});

test("the token that lasts decides: an access token need not be taken", async () => {
  const refusing = (token: string) => fixture((given) => new Response(null, { status: given === token ? 400 : 200 }));
  expect(await refusing("at").revoke(grantOf())).toBe(true);
  await expect(refusing("rt").revoke(grantOf())).rejects.toThrow("as.example does not take the refresh_token back (HTTP 400)");
  await expect(refusing("at").revoke({ ...grantOf(), tokens: { access: "at" } })).rejects.toThrow("access_token");
});

test("an authorization server that says nothing is waited for no longer than five seconds", async () => {
  const { clock, revoke } = fixture(() => new Promise(() => undefined));
  const revoked = revoke(grantOf());
  await clock.advance(5_000);
  await expect(revoked).rejects.toMatchObject({ code: "TIMEOUT" });
});
