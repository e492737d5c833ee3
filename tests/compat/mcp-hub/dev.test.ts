import { expect, test } from "bun:test";
import { createComparison } from "./comparison.ts";
import { developWith } from "./dev.ts";

test("dev mode: the same changes restart the same servers, and are told in the same words", async () => {
  const [theirs, ours] = await Promise.all([developWith("theirs"), developWith("ours")]);
  createComparison([]).answers(theirs.answers, ours.answers);
  expect(ours.told).toEqual(theirs.told);
  expect(ours.told["a change"]!.map(({ type, files }) => [type, files])).toEqual([
    ["servers_updating", ["changed.txt"]],
    ["servers_updated", ["changed.txt"]],
  ]);
  expect(ours.answers["a change that breaks the server"]!.servers).toEqual({ fragile: "disconnected" });
  expect([theirs.restarted, ours.restarted]).toEqual([["live"], ["live"]]);
}, 60_000);
