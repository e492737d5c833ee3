import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { startDeviceSignIn, type DeviceSignIn } from "./device.ts";

const issuer = "https://as.example";

function fixture(answers: (() => Response)[], start: Record<string, unknown> = {}) {
  const clock = fakeClock(0);
  const asked: { at: number; fields: URLSearchParams; headers: Headers }[] = [];
  const device = startDeviceSignIn({
    serverUrl: "https://mcp.example/mcp",
    metadata: {
      issuer,
      authorization_endpoint: `${issuer}/a`,
      token_endpoint: `${issuer}/t`,
      response_types_supported: ["code"],
      device_authorization_endpoint: `${issuer}/d`,
      token_endpoint_auth_methods_supported: ["client_secret_basic"],
    },
    client: { kind: "configured", client_id: "my:client", client_secret: "h/sh" },
    scope: "a",
    resource: undefined,
    clock,
    async fetch(url, init) {
      asked.push({ at: clock.now(), fields: new URLSearchParams(String(init?.body)), headers: new Headers(init?.headers) });
      if (String(url).endsWith("/d"))
        return Response.json({
          device_code: "dc",
          user_code: "AB\u001bCD",
          verification_uri: `${issuer}/v`,
          expires_in: 60,
          interval: 5,
          ...start,
        });
      return answers.shift()!();
    },
  });
  return { clock, asked, device };
}

/** How the waiting ends: looked at now, so that no failure goes unhandled while the clock moves. */
const endOf = ({ tokens: wait }: DeviceSignIn): Promise<string> =>
  wait(new AbortController().signal).then(
    () => "tokens",
    (cause: { code: string }) => cause.code,
  );

const refusal = (error: string) => () => Response.json({ error }, { status: 400 });
const tokens = () => Response.json({ access_token: "at", token_type: "Bearer" });

test("B18 asks at the pace it is told, slower when told so, until the person has agreed", async () => {
  const { clock, asked, device } = fixture([
    refusal("authorization_pending"),
    refusal("slow_down"),
    refusal("authorization_pending"),
    tokens,
  ]);
  const { prompt, tokens: wait } = await device;
  expect(prompt).toEqual({ userCode: "ABCD", url: `${issuer}/v`, expiresAt: 60_000 });
  const got = wait(new AbortController().signal);
  await clock.advance(60_000);
  expect(await got).toMatchObject({ access_token: "at" });
  expect(asked.slice(1).map(({ at }) => at)).toEqual([5_000, 10_000, 20_000, 30_000]);
  expect(asked[1]!.headers.get("authorization")).toBe(`Basic ${btoa("my%3Aclient:h%2Fsh")}`);
});

test.each(["access_denied", "expired_token", "invalid_grant"])("B18 %s ends it", async (error) => {
  const { clock, asked, device } = fixture([refusal(error)]);
  const end = endOf(await device);
  await clock.advance(60_000);
  expect(await end).toBe(error);
  expect(asked).toHaveLength(2);
});

test("B18 a code that ran out is asked about no more", async () => {
  const { clock, asked, device } = fixture(Array.from({ length: 50 }, () => refusal("authorization_pending")));
  const end = endOf(await device);
  await clock.advance(600_000);
  expect(await end).toBe("expired_token");
  expect(asked.length).toBeLessThan(14);
});

test("B7 an address that is none is not shown", async () => {
  await expect(fixture([], { verification_uri: "javascript:alert(1)" }).device).rejects.toMatchObject({ code: "UPSTREAM_REJECTED" });
});
