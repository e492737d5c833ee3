import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fakeRuntime } from "../../../tests/support/fake-runtime.ts";
import type { HubEvent } from "../kernel/event.ts";
import { silentLog } from "../kernel/log.ts";
import { openStore } from "../store/open-store.ts";
import { levelsFrom, matcherOf } from "./event-filter.ts";
import { namesOf } from "./event-names.ts";
import { readEvents } from "./event-store.ts";

const event = (type: string): HubEvent => ({ id: 1, type, v: 1, level: "info", at: 1, tenant: "default", data: null });

describe("a glob", () => {
  test.each([
    ["servers.*", "servers.state_changed", true],
    ["servers.*", "servers", false],
    ["*", "servers.state_changed", true],
    ["*.state_changed", "servers.state_changed", true],
    ["servers.state_changed", "servers.state_changed", true],
    ["servers.state?changed", "servers.state_changed", false],
    ["server.", "servers", false],
    ["(a+)+$", "aaaaaaaaaaaaaaaa", false],
  ])("%s over %s is %p", (glob, type, fits) => {
    expect(matcherOf({ types: [glob] })(event(type))).toBe(fits);
  });

  test("means the same for those who listen and in the store", async () => {
    const store = await openStore({ location: ":memory:", runtime: fakeRuntime(), log: silentLog });
    const part = fc.constantFrom("a", "B", ".", "_", "*", "%", "\\", "[", "é");
    const text = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(text, text, async (type, glob) => {
        await store.db.deleteFrom("events").execute();
        await store.db
          .insertInto("events")
          .values({ hub: "h", type, v: 1, level: "info", at: 1, tenant_id: "default", data_json: "null" })
          .execute();
        const stored = await readEvents(store.db, { hub: "h", filter: { types: [glob] }, after: 0, limit: 1 });
        expect(stored.length === 1).toBe(matcherOf({ types: [glob] })(event(type)));
      }),
      { numRuns: 300 },
    );
    await store.close();
  });
});

test("a level takes those above it along", () => {
  expect(levelsFrom("warn")).toEqual(["warn", "error"]);
});

test("names come from the areas and the names of the exports", () => {
  const definition = { version: 1, summary: "", level: "info" as const, data: null as never };
  const [first, second] = [{ ...definition }, { ...definition }];
  expect([...namesOf({ servers: { stateChanged: first }, config: { reloaded: second } })]).toEqual([
    [first, "servers.state_changed"],
    [second, "config.reloaded"],
  ]);
});
