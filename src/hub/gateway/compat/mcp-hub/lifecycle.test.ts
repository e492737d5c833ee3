import { expect, test } from "bun:test";
import fc from "fast-check";
import { advance, type Happening, type HubState } from "./lifecycle.ts";

const happenings = ["servers_settled", "restart", "restarted", "restart_failed", "hard_restart", "stop"] as const;

function told(...what: Happening[]): { state: HubState; shown: string[] } {
  let state: HubState = "starting";
  const shown = what.flatMap((one): string[] => {
    const step = advance(state, one);
    state = step.state;
    return step.told.map((each) => each.state);
  });
  return { state, shown };
}

test("a restart ends ready, whether it succeeds or fails", () => {
  expect(told("servers_settled", "restart", "restarted")).toEqual({ state: "ready", shown: ["ready", "restarting", "restarted"] });
  expect(told("servers_settled", "restart", "restart_failed")).toEqual({ state: "ready", shown: ["ready", "restarting", "ready"] });
});

test("a hard restart is told as restarting before stopping", () => {
  expect(told("servers_settled", "hard_restart", "stop").shown).toEqual(["ready", "restarting", "stopping"]);
  expect(told("hard_restart", "stop").shown).toEqual(["restarting", "stopping"]);
});

test("servers that settle late do not end a restart", () => {
  expect(told("restart", "servers_settled").state).toBe("restarting");
});

test("nothing follows stopping, and no state is told twice in a row", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...happenings)), (what) => {
      const { shown } = told(...what);
      expect(shown.indexOf("stopping")).toBe(shown.includes("stopping") ? shown.length - 1 : -1);
      expect(shown.filter((state, at) => state === shown[at - 1])).toEqual([]);
    }),
  );
});
