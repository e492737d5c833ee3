import { expect, test } from "bun:test";
import { withoutSecrets } from "./secrets.ts";

const clean = (entry: Record<string, unknown>, taken = new Map<string, string>()) => withoutSecrets("git hub", entry, taken);

test.each([
  [{ env: { GITHUB_TOKEN: "abc", MODE: "dev", PORT: 1 } }, { env: { GITHUB_TOKEN: "${env:GITHUB_TOKEN}", MODE: "dev", PORT: 1 } }],
  [{ env: { X: "ghp_aaaaaaaaaaaaaaaaaaaaaaaa" } }, { env: { X: "${env:X}" } }],
  [{ env: { X: "0123456789abcdef0123456789abcdef" } }, { env: { X: "${env:X}" } }],
  [{ env: { TOKEN: "${env:OTHER}", EMPTY_TOKEN: "" } }, { env: { TOKEN: "${env:OTHER}", EMPTY_TOKEN: "" } }],
  [
    { headers: { Authorization: "Bearer abc", Accept: "text/plain" } },
    { headers: { Authorization: "Bearer ${env:GIT_HUB_AUTHORIZATION}", Accept: "text/plain" } },
  ],
  [{ headers: { "X-Team": "abc" } }, { headers: { "X-Team": "${env:GIT_HUB_X_TEAM}" } }],
  [
    { args: ["-y", "@scope/server@1.2.3", "--api-key", "abc"] },
    { args: ["-y", "@scope/server@1.2.3", "--api-key", "${env:GIT_HUB_API_KEY}"] },
  ],
  [{ args: ["--token=abc", "-e", "API_KEY=x"] }, { args: ["--token=${env:GIT_HUB_TOKEN}", "-e", "API_KEY=${env:GIT_HUB_API_KEY}"] }],
  [{ args: ["--header", "Authorization: Bearer abcdefgh"] }, { args: ["--header", "Authorization: Bearer ${env:GIT_HUB_AUTHORIZATION}"] }],
  [{ args: ["postgres://ana:hunter2@db/x"] }, { args: ["${env:GIT_HUB_SECRET}"] }],
  [{ args: ["/home/ana/project1/some-long-directory-name"] }, { args: ["/home/ana/project1/some-long-directory-name"] }],
  [{ url: "https://x.example/mcp?apiKey=abc&v=1" }, { url: "https://x.example/mcp?apiKey=${env:GIT_HUB_API_KEY}&v=1" }],
  [{ url: "https://ana:pw@x.example/mcp" }, { url: "${env:GIT_HUB_URL}" }],
])("%j", (entry, expected) => {
  expect(clean(entry).entry).toEqual(expected);
});

test("each secret is told by variable and place, never by value", () => {
  const { secrets } = clean({ env: { API_TOKEN: "s3cr3t-value" }, args: ["--password", "s3cr3t-two"] });
  expect(secrets).toEqual([
    { variable: "API_TOKEN", field: "env.API_TOKEN" },
    { variable: "GIT_HUB_PASSWORD", field: "args[1]" },
  ]);
  expect(JSON.stringify(secrets)).not.toContain("s3cr3t");
});

test("one variable holds one value: the same one is shared, another gets a name of its own", () => {
  const taken = new Map<string, string>();
  const token = (server: string, value: string) => withoutSecrets(server, { env: { TOKEN: value } }, taken).secrets[0]!.variable;
  expect([token("a", "1"), token("b", "1"), token("c", "2"), token("c", "3"), token("c", "2")]).toEqual([
    "TOKEN",
    "TOKEN",
    "C_TOKEN",
    "C_TOKEN_2",
    "C_TOKEN",
  ]);
});
