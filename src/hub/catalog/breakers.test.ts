import { expect, test } from "bun:test";
import { fakeClock } from "../../../tests/support/fake-runtime.ts";
import { HubError, type ErrorCode } from "../kernel/errors.ts";
import { localOwner } from "../kernel/principal.ts";
import { Breakers, type Guarded } from "./breakers.ts";
import type { Call } from "./call.ts";
import type { Source } from "./source.ts";

const tool = { name: "moody", inputSchema: { type: "object" } };
const call: Call = { principal: localOwner, door: "mcp", signal: new AbortController().signal };

function world(limit = 2) {
  const breakers = new Breakers(fakeClock(), limit);
  const source = { id: "remote", kind: "server", available: true } as Source;
  const guarded: Guarded = { tool, target: "remote.moody", source };
  const fail = (code: ErrorCode, given: { plan?: Partial<Guarded>; timeoutMs?: number } = {}) =>
    breakers
      .run({ ...guarded, ...given.plan }, { ...call, timeoutMs: given.timeoutMs }, () => Promise.reject(new HubError(code, "no")))
      .catch(({ message }: HubError) => message);
  return { breakers, guarded, fail };
}

test.each(["TIMEOUT", "UPSTREAM_UNAVAILABLE"] as const)("%s, as often as the limit, has a tool refused", async (code) => {
  const { fail, breakers } = world();
  expect([await fail(code), await fail(code)]).toEqual(["no", "no"]);
  expect(await fail(code)).toContain("remote.moody is refused");
  expect(breakers.refusedForMs(tool)).toBe(5_000);
  expect(breakers.refusedForMs({ ...tool })).toBeUndefined();
});

test.each(["UPSTREAM_REJECTED", "VALIDATION", "CANCELLED", "RATE_LIMITED", "INTERNAL"] as const)(
  "%s never has a tool refused",
  async (code) => {
    const { fail } = world();
    for (let times = 0; times < 9; times++) expect(await fail(code)).toBe("no");
  },
);

test("an error of a tool's own is an answer, as is a refusal of the server's", async () => {
  const { fail, breakers, guarded } = world();
  for (let times = 0; times < 9; times++) {
    await fail("TIMEOUT");
    if (times % 2 === 0) await breakers.run(guarded, call, async () => ({ isError: true }));
    else await fail("UPSTREAM_REJECTED");
  }
  expect(await fail("TIMEOUT")).toBe("no");
});

test("a caller in a hurry, a server that is not there and the hub's own tools tell nothing of a tool", async () => {
  const { fail, guarded } = world();
  const gone = { ...guarded.source, available: false };
  for (let times = 0; times < 9; times++) {
    expect(await fail("TIMEOUT", { timeoutMs: 1 })).toBe("no");
    expect(await fail("UPSTREAM_UNAVAILABLE", { plan: { source: gone } })).toBe("no");
    expect(await fail("TIMEOUT", { plan: { source: { ...guarded.source, kind: "hub" } } })).toBe("no");
    expect(await fail("TIMEOUT", { plan: { tool: undefined } })).toBe("no");
  }
});

test("without a limit nothing is ever refused", async () => {
  const { fail } = world(0);
  for (let times = 0; times < 9; times++) expect(await fail("TIMEOUT")).toBe("no");
});
