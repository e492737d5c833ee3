import { beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { allowedDifferences } from "./allowed-differences.ts";
import { rehearse, type Rehearsal } from "./rehearsal.ts";
import { differences, shapeOf } from "./shape.ts";

let theirs: Rehearsal;
let ours: Rehearsal;
const used = new Set<string>();

beforeAll(async () => {
  [theirs, ours] = await Promise.all([rehearse("theirs"), rehearse("ours")]);
}, 90_000);

/** What differs and is on no list. */
function unexplained(where: string, found: readonly string[]): string[] {
  return found.filter((what) => {
    const allowed = allowedDifferences.find((one) => one.where.test(where) && one.what.test(what));
    if (allowed) used.add(allowed.why);
    return !allowed;
  });
}

describe("mcp-hub 4.2.1 and our program on the same configuration", () => {
  test("every endpoint answers with the same status, code and form", () => {
    expect(Object.keys(ours.answers)).toEqual(Object.keys(theirs.answers));
    for (const [scene, a] of Object.entries(theirs.answers)) {
      const b = ours.answers[scene]!;
      const found = [
        ...(a.status === b.status ? [] : [`status ${a.status} → ${b.status}`]),
        ...(a.type === b.type ? differences(a.shape, b.shape) : [`type ${a.type} → ${b.type}`]),
        ...(a.code === b.code ? [] : [`code ${String(a.code)} → ${String(b.code)}`]),
      ];
      expect({ scene, differs: unexplained(scene, found) }).toEqual({ scene, differs: [] });
    }
  });

  test("the same events are sent, with the same fields", () => {
    for (const kind of new Set([...Object.keys(theirs.events), ...Object.keys(ours.events)])) {
      const [a, b] = [theirs.events[kind], ours.events[kind]];
      // What is logged, and how loudly, is each program's own.
      if (kind.startsWith("log ") && !(a && b)) continue;
      const found = a && b ? differences(a, b) : [`only ${a ? "theirs" : "ours"}`];
      expect({ kind, differs: unexplained(kind, found) }).toEqual({ kind, differs: [] });
    }
    expect(Object.keys(ours.events)).toContain("subscription_event prompt_list_changed");
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

  test("every difference that is allowed is one, and is told in the notes", async () => {
    const notes = await Bun.file(join(import.meta.dir, "../../../docs/compat-mcp-hub.md")).text();
    expect(allowedDifferences.map(({ why }) => why).filter((why) => !used.has(why))).toEqual([]);
    expect(allowedDifferences.map(({ why }) => why).filter((why) => !notes.includes(why))).toEqual([]);
  });
});
