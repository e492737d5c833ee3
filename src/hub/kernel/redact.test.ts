import { expect, test } from "bun:test";
import fc from "fast-check";
import { redact, redactText } from "./redact.ts";

const x = (length: number) => "x1".repeat(length).slice(0, length);

/** Put together here, so that no scanner takes this file for a leak. */
const secrets: Readonly<Record<string, string>> = {
  bearer: `Bearer ${x(12)}`,
  basic: `basic ${x(12)}==`,
  jwt: `${["ey", "J"].join("")}${x(12)}.${x(12)}.${x(12)}`,
  github: ["ghp", x(36)].join("_"),
  "github, fine-grained": ["github_pat", x(30)].join("_"),
  gitlab: ["glpat", x(20)].join("-"),
  slack: ["xoxb", x(12)].join("-"),
  openai: ["sk", x(24)].join("-"),
  stripe: ["sk_live", x(16)].join("_"),
  aws: ["AKIA", "ABCDEFGHIJKLMNOP"].join(""),
  google: `AIza${x(35)}`,
  "google, access": ["ya29", x(20)].join("."),
  npm: ["npm", x(36)].join("_"),
  notion: ["ntn", x(40)].join("_"),
  figma: ["figd", x(20)].join("_"),
  telegram: `123456789:AA${x(33)}`,
  "private key": `-----BEGIN RSA PRIVATE KEY-----\n${x(40)}\n-----END RSA PRIVATE KEY-----`,
};

for (const [what, secret] of Object.entries(secrets))
  test(`takes out: ${what}`, () => {
    expect(redactText(`before ${secret} after`)).toBe("before [redacted] after");
    expect(redact({ note: [secret] })).toEqual({ note: ["[redacted]"] });
  });

test("takes out what an address carries, and leaves the address", () => {
  expect(redactText("https://me:hunter2@host/")).toBe("https://me:[redacted]@host/");
  expect(redactText("http://127.0.0.1/cb?code=abc&State=def#access_token=ghi")).toBe(
    "http://127.0.0.1/cb?code=[redacted]&State=[redacted]#access_token=[redacted]",
  );
});

test("takes out whatever a field that is named like a secret holds", () => {
  for (const name of [
    "Authorization",
    "set-cookie",
    "password",
    "DB_PASSWORD",
    "apiKey",
    "x-api-key",
    "access_token",
    "clientSecret",
    "tokens",
    "PAT",
    "credentials",
  ])
    expect(redact({ [name]: "value", [`${name}_`]: "" })).toEqual({ [name]: "[redacted]", [`${name}_`]: "" });
  expect(redact({ token: { a: 1 }, password: "", maxTokens: 7, tokenCount: "7" })).toEqual({
    token: "[redacted]",
    password: "",
    maxTokens: 7,
    tokenCount: "7",
  });
});

test("asked about the same names again and again it says the same", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom("token", "name", "client_secret"), fc.string({ maxLength: 90 })), { maxLength: 30 }),
      (names) => {
        const once = names.map((name) => redact([[name, { [name]: "value" }]]));
        expect(names.map((name) => redact([[name, { [name]: "value" }]]))).toEqual(once);
      },
    ),
  );
});

test("leaves every other text as it is, and finds a secret wherever it stands", () => {
  const words = fc.stringMatching(/^[a-z ]{0,30}$/);
  fc.assert(
    fc.property(words, fc.constantFrom(...Object.values(secrets)), words, (before, secret, after) => {
      expect(redactText(`${before} ${after}`)).toBe(`${before} ${after}`);
      expect(redactText(`${before} ${secret} ${after}`)).not.toContain(secret);
    }),
  );
});
