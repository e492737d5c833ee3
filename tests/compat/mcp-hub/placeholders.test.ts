import { expect, test } from "bun:test";
import { fillInWith } from "./placeholders.ts";

/** Entries that name another of the same `env`: mcp-hub takes what its own environment has under that name. */
const ofEntriesBeside = { PROCESS: "before-a", EXPLICIT: "before-a", NESTED: "before-a", COMMAND_OF_VARIABLE: "before-a" };
const deliberate = { "a command that prints nothing": "disconnected", "an entry beside it": "connected" };

test("placeholders are filled in alike, and what cannot be filled in fails its server alone", async () => {
  const [theirs, ours] = await Promise.all([fillInWith("theirs"), fillInWith("ours")]);
  expect(theirs.env).toMatchObject({ A: "before-a", PROCESS: "a" });
  expect({ ...ours, withError: [] }).toEqual({
    ...theirs,
    env: { ...theirs.env, ...ofEntriesBeside },
    statuses: { ...theirs.statuses, ...deliberate },
    withError: [],
  });
  for (const { statuses, withError } of [theirs, ours])
    expect(new Set(withError)).toEqual(new Set(Object.keys(statuses).filter((name) => statuses[name] === "disconnected")));
}, 60_000);
