import { describe, expect, test } from "bun:test";
import { failures, judge, losses, tally } from "./compare.ts";
import type { Check, Results } from "./suite.ts";

const run = (...checks: [scenario: string, id: string, status: Check["status"]][]): Results => {
  const results = new Map<string, Check[]>();
  for (const [scenario, id, status] of checks) results.set(scenario, [...(results.get(scenario) ?? []), { id, status }]);
  return results;
};

const direct = run(
  ["ping", "ping", "SUCCESS"],
  ["ping", "schema", "SUCCESS"],
  ["caching", "ttl", "SUCCESS"],
  ["caching", "ttl", "SUCCESS"],
);

test("a warning counts as failed, information does not count", () => {
  const results = run(["a", "x", "SUCCESS"], ["a", "y", "WARNING"], ["b", "z", "FAILURE"], ["b", "i", "INFO"]);
  expect(tally(results)).toEqual({ scenarios: 2, passed: 1, failed: 2 });
  expect(failures(results).map(({ check }) => check)).toEqual(["y", "z"]);
});

describe("what the hub loses", () => {
  test("nothing, when it does what the server does", () => {
    expect(losses(direct, direct)).toEqual([]);
  });

  test("a scenario that gave up, a skipped check and one occurrence of two", () => {
    const hub = run(["ping", "ping", "SKIPPED"], ["caching", "ttl", "SUCCESS"]);
    expect(losses(direct, hub)).toEqual([
      { scenario: "ping", check: "ping", reason: "SKIPPED" },
      { scenario: "ping", check: "schema", reason: "the check was not reached" },
      { scenario: "caching", check: "ttl", reason: "the check was not reached" },
    ]);
  });

  test("a failure the direct run does not even have", () => {
    const hub = run(
      ...[...direct].flatMap(([name, checks]) => checks.map(({ id, status }) => [name, id, status] as const)).map(([...check]) => check),
      ["ping", "scenario-timeout", "FAILURE"],
    );
    expect(losses(direct, hub)).toEqual([{ scenario: "ping", check: "scenario-timeout", reason: "FAILURE" }]);
  });
});

describe("the list of expected failures", () => {
  const lost = [
    { scenario: "ping", check: "schema", reason: "" },
    { scenario: "caching", check: "ttl", reason: "" },
  ];

  test("excuses a scenario or one of its checks", () => {
    const verdict = judge(lost, { ping: "why", "caching:ttl": "why" });
    expect(verdict.unexpected).toEqual([]);
    expect(verdict.expected).toEqual(lost);
    expect(verdict.stale).toEqual([]);
  });

  test("excuses nothing else", () => {
    expect(judge(lost, { "ping:ping": "why" }).unexpected).toEqual(lost);
  });

  test("is stale where the check passes", () => {
    expect(judge(lost, { ping: "why", "caching:ttl": "why", tools: "why", "ping:ping": "why" }).stale).toEqual(["tools", "ping:ping"]);
  });
});
