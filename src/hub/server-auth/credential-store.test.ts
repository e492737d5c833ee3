import { expect, test } from "bun:test";
import { createCredentialStore } from "./credential-store.ts";
import type { Flow, Grant } from "./records.ts";

function fixture() {
  const rows = new Map<string, string>();
  const store = createCredentialStore({
    get: async (_, name) => rows.get(name),
    set: async (_, name, text) => void rows.set(name, text),
    remove: async (_, name) => rows.delete(name),
    list: async () => [...rows.keys()],
  });
  return { rows, store };
}

const issuer = "https://as.example";
const owner = { server: "remote", url: "https://mcp.example/mcp" };
const facts = { issuer, authorization_endpoint: `${issuer}/a`, token_endpoint: `${issuer}/t`, response_types_supported: ["code"] };
const client = { kind: "registered" as const, client_id: "c" };
const grant: Grant = { serverUrl: owner.url, issuer, facts, client, tokens: { access: "at", refresh: "rt" } };
const flow = (server: string): Flow => ({
  server,
  serverUrl: owner.url,
  issuer,
  facts,
  client,
  codeVerifier: "v",
  redirectUrl: "http://127.0.0.1:1/oauth/callback/x",
  expiresAt: 1,
});

test("B1 what belongs to another address of a server reads as absent", async () => {
  const { store } = fixture();
  await store.saveGrant(owner, grant);
  expect(await store.grant(owner)).toEqual(grant);
  expect(await store.grant({ ...owner, url: "https://evil.example/mcp" })).toBeUndefined();
  expect(await store.grant({ ...owner, server: "other" })).toBeUndefined();
});

test("B3 a registration without an issuer, or of another shape, is none", async () => {
  const { rows, store } = fixture();
  for (const row of [{ serverUrl: owner.url, redirectUrl: "http://127.0.0.1/", client }, { client_id: "c" }, null, []]) {
    rows.set("server-auth:client:remote", JSON.stringify(row));
    expect(await store.registration(owner)).toBeUndefined();
  }
});

test("B9 a flow is given to the first who asks, once, and a new one takes its place", async () => {
  const { rows, store } = fixture();
  await store.saveFlow("first", flow("remote"));
  await store.saveFlow("second", flow("remote"));
  expect(await store.takeFlow("first")).toBeUndefined();
  const taken = await Promise.all([store.takeFlow("second"), store.takeFlow("second")]);
  expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
  expect([...rows.keys()]).toEqual([]);
});

test("the state itself is nowhere in the names of rows", async () => {
  const { rows, store } = fixture();
  await store.saveFlow("very-secret-state", flow("remote"));
  expect([...rows.keys()].join()).not.toContain("very-secret-state");
});

test("forgetting a server touches no other, whatever they are called", async () => {
  const { store } = fixture();
  const others = ["remote:x", "remote%3Ax", "remot", "remote:flow"];
  for (const server of others) {
    await store.saveGrant({ ...owner, server }, grant);
    await store.saveFlow(`state of ${server}`, flow(server));
  }
  await store.saveGrant(owner, grant);
  await store.saveFlow("state", flow("remote"));
  expect(await store.forget("remote")).toEqual({ forgotten: true, grant });
  expect(await store.forget("remote")).toEqual({ forgotten: false, grant: undefined });
  for (const server of others) {
    expect(await store.grant({ ...owner, server })).toEqual(grant);
    expect(await store.takeFlow(`state of ${server}`)).toMatchObject({ server });
  }
});

test("what cannot be read is forgotten all the same", async () => {
  const { rows, store } = fixture();
  await store.saveGrant(owner, grant);
  for (const name of rows.keys()) rows.set(name, "{ half");
  expect(await store.forget("remote")).toEqual({ forgotten: true, grant: undefined });
  expect(rows.size).toBe(0);
});
