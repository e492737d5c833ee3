import { describe, expect, test } from "bun:test";
import { CLIENT_VERSIONS, runAsClient } from "../../scripts/conformance/client.ts";
import { hasHub } from "../../scripts/conformance/subjects.ts";

const MINUTES = 60_000;

/** Scenarios of the revision and of extensions; a suite that shrinks must not go unnoticed. */
const FLOORS = { "2025-11-25": { scenarios: 20, passed: 290 }, "2026-07-28": { scenarios: 31, passed: 400 } } as const;

describe.skipIf(!hasHub()).each(CLIENT_VERSIONS)("the official conformance suite's servers at %s", (specVersion) => {
  test(
    "let the hub in, and find nothing wrong with it but what is listed",
    async () => {
      const { verdict, scenarios, passed } = await runAsClient({ specVersion });
      expect(verdict.unexpected).toEqual([]);
      expect(verdict.stale).toEqual([]);
      expect(scenarios).toBeGreaterThanOrEqual(FLOORS[specVersion].scenarios);
      expect(passed).toBeGreaterThanOrEqual(FLOORS[specVersion].passed);
    },
    4 * MINUTES,
  );
});
