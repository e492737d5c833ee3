import { expect, test } from "bun:test";
import { rank, type PaletteEntry } from "./rank.ts";

const entry = (title: string): PaletteEntry => ({ title, kind: "action", run: () => undefined });
const titles = (text: string, ...all: string[]) => rank(all.map(entry), text, 10).map(({ title }) => title);

test("beginnings of words come before their middles, and the shorter title first", () => {
  expect(titles("restart gi", "Restart server gitea", "Restart server github", "Restart server digits", "Stop server github")).toEqual([
    "Restart server gitea",
    "Restart server github",
    "Restart server digits",
  ]);
});

test("scattered letters still find something", () => {
  expect(titles("rsg", "Restart server github", "Stop")).toEqual(["Restart server github"]);
});

test("nothing typed shows everything, up to the limit", () => {
  expect(rank(["a", "b", "c"].map(entry), "", 2)).toHaveLength(2);
});
