import { expect, test } from "bun:test";
import fc from "fast-check";
import { unifiedDiff } from "./unified-diff.ts";

test("what comes, with three lines around it", () => {
  expect(unifiedDiff("/f", "1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nnew\n5\n6\n7\n8\n")).toBe(
    "--- /f\n+++ /f\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+new\n 5\n 6\n 7\n",
  );
});

test("changes far apart are two hunks; a new file is all plus; no change is nothing", () => {
  const lines = Array.from({ length: 20 }, (_, i) => `${i}`);
  const diff = unifiedDiff("/f", lines.join("\n"), lines.with(1, "a").with(18, "b").join("\n"));
  expect(diff.match(/^@@.*@@$/gm)).toEqual(["@@ -1,5 +1,5 @@", "@@ -16,5 +16,5 @@"]);
  expect(unifiedDiff("/f", "", "a\nb\n")).toBe("--- /f\n+++ /f\n@@ -0,0 +1,2 @@\n+a\n+b\n");
  expect(unifiedDiff("/f", "a", "a")).toBe("");
});

test.each([
  '"env": { "API_TOKEN": "hunter2" }',
  "apiKey: 'hunter2',",
  '"args": ["--token=hunter2"]',
  '"args": ["--api-key", "hunter2"]',
  '"--password",\n"hunter2"',
  '"url": "https://ana:hunter2@x.example/"',
])("a secret on a line that is shown is hidden: %s", (lines) => {
  const diff = unifiedDiff("/f", `${lines}\n`, `${lines}\nnew\n`);
  expect(diff).toContain("[redacted]");
  expect(diff).not.toContain("hunter2");
});

test("the lines kept and gone are the old text, those kept and come the new one", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 }).map((lines) => lines.map((line) => `${line}\n`).join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = unifiedDiff("/f", before, after).split("\n").slice(2, -1);
      let [old, now] = [before.split("\n").slice(0, -1), after.split("\n").slice(0, -1)];
      for (const line of lines) {
        const at = /^@@ -(\d+),\d+ \+(\d+),\d+ @@$/.exec(line);
        if (at)
          [old, now] = [
            before.split("\n").slice(Math.max(0, Number(at[1]) - 1), -1),
            after.split("\n").slice(Math.max(0, Number(at[2]) - 1), -1),
          ];
        else {
          if (line[0] !== "+") expect(line.slice(1)).toBe(old.shift()!);
          if (line[0] !== "-") expect(line.slice(1)).toBe(now.shift()!);
        }
      }
    }),
  );
});
