import { expect, test } from "bun:test";
import { createToolRecordStore } from "#hub/stats/tool-record-store.ts";
import { emptyRecord, type ToolRecord } from "#hub/stats/tool-record.ts";
import type { OpenEmpty } from "../store-kinds.ts";

const record = (given: Partial<ToolRecord>): ToolRecord => ({ ...emptyRecord("slack", 5_000), calls: 1, ...given });

export function toolStatsSuite(openEmpty: OpenEmpty): void {
  test("records of tools add up over the hubs that share a store, and the numbers are numbers", async () => {
    const records = createToolRecordStore(await openEmpty());
    expect(await records.read("default")).toEqual(new Map());
    const first = record({ latency: new Map([[3, 1]]), results: 1, resultChars: 10, largestResult: 10 });
    const second = record({
      calls: 2,
      errors: 1,
      results: 2,
      resultChars: 5_000_000_000,
      largestResult: 4_999_999_999,
      lastUsedAt: 9_000,
      latency: new Map([
        [3, 1],
        [40, 1],
      ]),
    });
    await records.add("default", new Map([["slack.post", first]]));
    await Promise.all([
      records.add("default", new Map([["slack.post", second]])),
      records.add("default", new Map([["slack.read", record({ firstUsedAt: 1, lastUsedAt: 2 })]])),
    ]);
    const read = await records.read("default");
    expect([...read.keys()]).toEqual(["slack.post", "slack.read"]);
    expect(read.get("slack.post")).toEqual({
      source: "slack",
      calls: 3,
      errors: 1,
      latency: new Map([
        [3, 2],
        [40, 1],
      ]),
      results: 3,
      resultChars: 5_000_000_010,
      largestResult: 4_999_999_999,
      firstUsedAt: 5_000,
      lastUsedAt: 9_000,
    });
    expect(await records.read("nobody")).toEqual(new Map());
  });

  test("a thousand tools are written at once", async () => {
    const records = createToolRecordStore(await openEmpty());
    const many = new Map(Array.from({ length: 1_200 }, (_, n) => [`slack.t${n}`, record({})]));
    await records.add("default", many);
    await records.add("default", many);
    expect([...(await records.read("default")).values()].every(({ calls }) => calls === 2)).toBe(true);
  });
}
