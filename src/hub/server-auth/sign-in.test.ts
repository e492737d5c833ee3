import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import type { Flow } from "./records.ts";
import { finishSignIn, readCallback, tokensOf } from "./sign-in.ts";

const issuer = "https://as.example";
const flow: Flow = {
  server: "remote",
  serverUrl: "https://mcp.example/mcp",
  issuer,
  facts: {
    issuer,
    authorization_endpoint: `${issuer}/a`,
    token_endpoint: "https://tokens.example/t",
    response_types_supported: ["code"],
    authorization_response_iss_parameter_supported: true,
  },
  client: { kind: "configured", client_id: "mine", client_secret: "hush" },
  codeVerifier: "verifier",
  redirectUrl: "http://127.0.0.1:1/oauth/callback/remote",
  resource: "https://mcp.example/mcp",
  scope: "a b",
  expiresAt: 0,
};

function finish(query: string, answer: () => Response = () => Response.json({ access_token: "at", token_type: "bearer", expires_in: 60 })) {
  const sent: { url: string; body: string }[] = [];
  const fetch = async (url: string | URL, init?: RequestInit) => {
    sent.push({ url: String(url), body: String(init?.body) });
    return answer();
  };
  const grant = finishSignIn(flow, readCallback(`http://127.0.0.1:1/oauth/callback/remote?state=s&${query}`), {
    fetch,
    clock: fakeClock(1_000),
  });
  return { grant, sent };
}

test("the code goes to the token endpoint its issuer named, with the verifier and the resource", async () => {
  const { grant, sent } = finish(`code=c&iss=${issuer}`);
  expect(await grant).toMatchObject({ issuer, scope: "a b", tokens: { access: "at", expiresAt: 61_000 } });
  expect(sent.map(({ url }) => url)).toEqual(["https://tokens.example/t"]);
  expect(Object.fromEntries(new URLSearchParams(sent[0]!.body))).toMatchObject({
    code: "c",
    code_verifier: "verifier",
    resource: flow.resource!,
  });
});

test.each(["code=c", "code=c&iss=https://evil.example", `code=c&iss=${issuer}/`, "error=access_denied&iss=https://evil.example"])(
  "B6 %s is not an answer of this issuer, and nothing is sent",
  async (query) => {
    const { grant, sent } = finish(query);
    await expect(grant).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(sent).toEqual([]);
  },
);

test("what an authorization server writes beside its error is not repeated", async () => {
  const { grant } = finish(`code=c&iss=${issuer}`, () =>
    Response.json({ error: "invalid_grant", error_description: "<script>visit evil.example</script>" }, { status: 400 }),
  );
  await expect(grant).rejects.toMatchObject({ message: "as.example gave no token for this sign-in (invalid_grant)" });
  const denied = finish(`error=access_denied&error_description=visit+evil.example&iss=${issuer}`);
  await expect(denied.grant).rejects.toMatchObject({ message: "as.example did not let you in (access_denied)" });
});

test.each(["", "not a url", "http://x/", "http://x/?state=s", "http://x/?code=c", "http://x/?state=&code=c"])(
  "%j is no callback",
  (text) => {
    expect(() => readCallback(text)).toThrow(expect.objectContaining({ code: "VALIDATION" }));
  },
);

test("B9 a parameter that comes twice is refused, for it is not known which one counts", () => {
  for (const name of ["state", "code", "iss"])
    expect(() => readCallback(`http://x/?state=a&code=b&iss=c&${name}=d`)).toThrow(`names ${name} more than once`);
});

test("a token that is no bearer token is refused", () => {
  expect(() => tokensOf({ access_token: "a", token_type: "DPoP" }, 0)).toThrow("of a kind");
});
