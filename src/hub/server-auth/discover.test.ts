import { expect, test } from "bun:test";
import { discoverIssuer, discoverResource } from "./discover.ts";

const serverUrl = new URL("https://mcp.example/mcp");
const issuer = "https://as.example";

/** A network of the given documents, by address; everything else is 404. */
function network(documents: Record<string, unknown>) {
  const asked: string[] = [];
  const fetch = async (url: string | URL) => {
    asked.push(String(url));
    const found = documents[String(url)];
    return found instanceof Response ? found : found === undefined ? new Response("", { status: 404 }) : Response.json(found);
  };
  return { fetch, asked };
}

const resourceOf = (documents: Record<string, unknown>, mayBeItsOwnIssuer = true, metadataUrl?: URL) =>
  discoverResource(serverUrl, { fetch: network(documents).fetch, metadataUrl, mayBeItsOwnIssuer });
const wellKnown = "https://mcp.example/.well-known/oauth-protected-resource";

test("the metadata are found below the path, at the root, or where the server says", async () => {
  const metadata = { resource: serverUrl.href, authorization_servers: [issuer], scopes_supported: ["a"] };
  const found = { issuers: [issuer], indicator: serverUrl.href, scopes: ["a"] };
  expect(await resourceOf({ [`${wellKnown}/mcp`]: metadata })).toEqual(found);
  expect(await resourceOf({ [wellKnown]: metadata })).toEqual(found);
  expect(await resourceOf({ "https://mcp.example/x": metadata }, true, new URL("https://mcp.example/x"))).toEqual(found);
});

test.each([
  "https://mcp.example/other",
  "https://mcp.example/mcp/deeper",
  "https://mcp.example/MCP",
  "https://mcp.example:8443/mcp",
  "http://mcp.example/mcp",
  "https://mcp.example./mcp",
  "https://mcp.example.evil.example/mcp",
  "https://xn--mcp-example-abc.example/mcp",
  "https://mcp\u2024example/mcp",
  "https://user@mcp.example/mcp",
  "https://mcp.example/mcp#x",
])("B5 metadata of %s are not those of this server", async (resource) => {
  const metadata = { resource, authorization_servers: [issuer] };
  await expect(resourceOf({ [wellKnown]: metadata })).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
});

test.each(["https://mcp.example", "https://mcp.example/", "https://MCP.example/mcp", "https://mcp.example:443/mcp"])(
  "metadata of %s are those of this server",
  async (resource) => {
    expect(await resourceOf({ [wellKnown]: { resource, authorization_servers: [issuer] } })).toMatchObject({ indicator: resource });
  },
);

test("B2 a server without metadata is its own issuer only where no secret is at stake", async () => {
  expect(await resourceOf({})).toEqual({ issuers: ["https://mcp.example"], indicator: undefined, scopes: undefined });
  await expect(resourceOf({}, false)).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
  await expect(resourceOf({ [wellKnown]: { resource: serverUrl.href } }, false)).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
});

test("metadata that are wrong are no reason to guess, a page instead of metadata is", async () => {
  await expect(resourceOf({ [wellKnown]: { resource: 7 } })).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
  const page = new Response("<html>", { headers: { "content-type": "text/html" } });
  expect(await resourceOf({ [`${wellKnown}/mcp`]: page })).toMatchObject({ issuers: ["https://mcp.example"] });
});

test("a server that fails to answer has not said that there is nobody", async () => {
  const failing = { [`${wellKnown}/mcp`]: new Response("", { status: 503 }) };
  await expect(resourceOf(failing)).rejects.toMatchObject({ code: "UPSTREAM_UNAVAILABLE" });
});

const good = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  response_types_supported: ["code"],
  code_challenge_methods_supported: ["S256"],
};
const metadataUrl = `${issuer}/.well-known/oauth-authorization-server`;
const issuerOf = (metadata: unknown) => discoverIssuer(issuer, serverUrl, network({ [metadataUrl]: metadata }).fetch);

test("an authorization server is read by RFC 8414, or as an OpenID provider", async () => {
  expect(await issuerOf(good)).toMatchObject({ token_endpoint: `${issuer}/token` });
  const openid = {
    ...good,
    jwks_uri: `${issuer}/jwks`,
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
  const provider = network({ [`${issuer}/.well-known/openid-configuration`]: openid });
  expect(await discoverIssuer(issuer, serverUrl, provider.fetch)).toMatchObject({ issuer });
});

test.each([
  ["another's", { ...good, issuer: "https://evil.example" }],
  ["missing", undefined],
  ["no JSON", new Response("<html>")],
  ["without PKCE", { ...good, code_challenge_methods_supported: undefined }],
  ["for plain PKCE", { ...good, code_challenge_methods_supported: ["plain"] }],
  ["without the code flow", { ...good, response_types_supported: ["token"] }],
  ["with a token endpoint on this machine", { ...good, token_endpoint: "https://127.0.0.1/token" }],
  ["with a token endpoint that is not encrypted", { ...good, token_endpoint: "http://as.example/token" }],
])("B12 metadata that are %s are refused for good", async (_, metadata) => {
  await expect(issuerOf(metadata)).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
});

test("an authorization server that is not public is not even asked", async () => {
  const { fetch, asked } = network({});
  for (const named of ["http://as.example", "https://169.254.169.254", "https://localhost", "file:///etc"])
    await expect(discoverIssuer(named, serverUrl, fetch)).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
  expect(asked).toEqual([]);
});
