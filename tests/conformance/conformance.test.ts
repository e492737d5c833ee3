import { beforeAll, describe, expect, test } from "bun:test";
import { runDirect, runThroughHub, type Outcome } from "../../scripts/conformance/run.ts";
import { hasHub } from "../../scripts/conformance/subjects.ts";
import { SPEC_VERSIONS } from "../../scripts/conformance/suite.ts";

const MINUTES = 60_000;

/** What the everything server reaches by itself; a suite that shrinks, or a fixture that forgets, must not go unnoticed. */
const FLOORS = {
  "2025-06-18": { scenarios: 27, passed: 56 },
  "2025-11-25": { scenarios: 33, passed: 84 },
  "2026-07-28": { scenarios: 40, passed: 152 },
} as const;

describe.each(SPEC_VERSIONS)("the official conformance suite at %s", (specVersion) => {
  let direct: Outcome;
  beforeAll(async () => {
    direct = await runDirect({ specVersion });
  }, 2 * MINUTES);

  test("finds nothing wrong with the everything server", () => {
    const { scenarios, passed, failed, verdict } = direct.row;
    expect(verdict.unexpected).toEqual([]);
    expect(failed).toBe(0);
    expect(scenarios).toBeGreaterThanOrEqual(FLOORS[specVersion].scenarios);
    expect(passed).toBeGreaterThanOrEqual(FLOORS[specVersion].passed);
  });

  test.skipIf(!hasHub()).each(["everything", "legacy"] as const)(
    "finds only what is listed wrong with the hub before the %s server",
    async (upstream) => {
      const { verdict } = (await runThroughHub({ specVersion }, direct.results, upstream)).row;
      expect(verdict.unexpected).toEqual([]);
      expect(verdict.stale).toEqual([]);
    },
    3 * MINUTES,
  );
});

describe("the official conformance suite on tasks", () => {
  const run = { specVersion: "2026-07-28", tasks: true } as const;

  test.skipIf(!hasHub())(
    "finds nothing wrong with a server that has them, nor with the hub before it",
    async () => {
      const direct = await runDirect(run);
      expect(direct.row).toMatchObject({ scenarios: 9, failed: 0 });
      expect(direct.row.passed).toBeGreaterThanOrEqual(44);
      const { verdict } = (await runThroughHub(run, direct.results, "tasks")).row;
      expect(verdict).toEqual({ unexpected: [], expected: [], stale: [] });
    },
    3 * MINUTES,
  );
});
