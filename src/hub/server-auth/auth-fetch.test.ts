import { expect, test } from "bun:test";
import type { EgressOptions } from "../gates/egress.ts";
import { authFetch } from "./auth-fetch.ts";

async function trustOf(server: string, url: string, issuer?: string) {
  const seen: EgressOptions[] = [];
  const fetch = authFetch(
    {
      fetch: async (_, init) => {
        seen.push(init);
        return new Response();
      },
      fetchFor: () => () => Promise.reject(new Error("not asked for")),
    },
    new URL(server),
    issuer,
  );
  await fetch(url);
  expect(seen[0]).toMatchObject({ maxBytes: 1024 * 1024, timeoutMs: 30_000 });
  return seen[0]!.trust;
}

test("E4 addresses from metadata are not trusted, those of the configuration are", async () => {
  expect(await trustOf("https://mcp.example/mcp", "https://as.example/token")).toBe("untrusted");
  expect(await trustOf("https://mcp.example/mcp", "http://127.0.0.1/token")).toBe("untrusted");
  expect(await trustOf("https://mcp.example/mcp", "http://mcp.example/x")).toBe("untrusted");
  expect(await trustOf("https://mcp.example/mcp", "https://mcp.example/.well-known/oauth-protected-resource")).toBe("configured");
  expect(await trustOf("https://mcp.example/mcp", "https://sso.corp/token", "https://sso.corp")).toBe("configured");
});

test("a server on this machine or network may name what is there too", async () => {
  expect(await trustOf("http://127.0.0.1:3000/mcp", "http://127.0.0.1:9000/token")).toBe("configured");
  expect(await trustOf("http://192.168.1.5/mcp", "https://192.168.1.6/token")).toBe("configured");
});
