import { beforeAll, describe, expect, test } from "bun:test";
import { allowedDifferences } from "./allowed-differences.ts";
import { createComparison } from "./comparison.ts";
import { rehearse, type Rehearsal } from "./rehearsal.ts";
import { differences, shapeOf } from "./shape.ts";

let theirs: Rehearsal;
let ours: Rehearsal;
const comparison = createComparison(allowedDifferences);

beforeAll(async () => {
  [theirs, ours] = await Promise.all([rehearse("theirs"), rehearse("ours")]);
}, 90_000);

describe("mcp-hub 4.2.1 and our program on the same configuration", () => {
  test("every endpoint answers with the same status, code and form", () => {
    comparison.answers(theirs.answers, ours.answers);
  });

  test("the same events are sent, with the same fields", () => {
    comparison.events(theirs.events, ours.events);
    expect(Object.keys(ours.events)).toContain("subscription_event prompt_list_changed");
  });

  test("what a server writes to its standard error is told in the same words", () => {
    expect(theirs.complaints).toContain("crash stderr: fatal: FAKE_TOKEN is not set");
    expect(ours.complaints).toContain("crash stderr: fatal: FAKE_TOKEN is not set");
  });

  test("the stream has the same form on the wire, and ends in order", () => {
    expect(theirs.malformed).toEqual([]);
    expect(ours.malformed).toEqual([]);
    expect(ours.headers).toEqual(theirs.headers);
  });

  test("the states of the hub come in the same order", () => {
    expect(ours.hubStates).toEqual(theirs.hubStates as string[]);
    expect(ours.hubStates).toEqual(["ready", "restarting", "restarted", "restarting", "stopping"]);
  });

  test("the entry in workspaces.json has the same form, and goes with the hub", () => {
    expect(differences(theirs.workspace, ours.workspace)).toEqual([]);
    expect(ours.workspaceLeft).toEqual(shapeOf({}));
    expect(ours.exitCode).toBe(theirs.exitCode);
  });

  test("every difference that is allowed is one, and is told in the notes", () => comparison.allIsNeeded());
});
