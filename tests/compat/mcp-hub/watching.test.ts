import { expect, test } from "bun:test";
import { deliberate, watchWith, type Edited } from "./watching.ts";

const isCommon = ([edit]: [string, Edited]) => !(edit in deliberate);
const isSignificant = (told: Readonly<Record<string, Edited>>) => Object.keys(deliberate).map((edit) => [edit, told[edit]!.isSignificant]);

test("the same edits of the file are of consequence, and the same is told of them", async () => {
  const [theirs, ours] = await Promise.all([watchWith("theirs"), watchWith("ours")]);
  expect(Object.entries(ours).filter(isCommon)).toEqual(Object.entries(theirs).filter(isCommon));
  expect(ours["what a request did before"]).toMatchObject({ isSignificant: false, statuses: { runs: "disabled" } });
  expect(isSignificant(theirs)).toEqual([
    ["back to the start", true],
    ["disabled that is false", true],
    ["and without it", true],
    ["tools that are hidden", false],
    ["and shown again", false],
  ]);
  expect(isSignificant(ours)).toEqual([
    ["back to the start", true],
    ["disabled that is false", false],
    ["and without it", false],
    ["tools that are hidden", true],
    ["and shown again", true],
  ]);
}, 60_000);
