import { expect, test } from "bun:test";
import { bindings, keyLabel, keymap } from "./keymap.ts";

test("every binding has an id of its own", () => {
  expect(bindings.size).toBe(keymap.length);
});

test("no key means two things in one scope", () => {
  const seen = new Map<string, string>();
  for (const { scope, keys, id } of keymap)
    for (const key of keys) {
      expect([key, seen.get(`${scope} ${key}`)]).toEqual([key, undefined]);
      seen.set(`${scope} ${key}`, id);
    }
});

test("no binding needs a key that terminals do not send", () => {
  for (const { keys } of keymap) expect(keys.join(" ")).not.toMatch(/\bf\d|shift\+enter|ctrl\+enter/i);
});

test("labels are written as on a keyboard", () => {
  expect(["ctrl+s", "enter", "alt+up", "+", "R", "shift+tab", "/"].map(keyLabel)).toEqual([
    "Ctrl+S",
    "Enter",
    "Alt+↑",
    "+",
    "R",
    "Shift+Tab",
    "/",
  ]);
});

test("every binding is handled somewhere", async () => {
  const sources = await Promise.all(
    [...new Bun.Glob("**/*.{ts,tsx}").scanSync(`${import.meta.dir}/..`)]
      .filter((path) => !path.startsWith("keys/keymap"))
      .map((path) => Bun.file(`${import.meta.dir}/../${path}`).text()),
  );
  const all = sources.join("\n");
  expect(keymap.map(({ id }) => id).filter((id) => !all.includes(`"${id}"`))).toEqual([]);
});
